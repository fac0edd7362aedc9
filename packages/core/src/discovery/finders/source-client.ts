import { connectFailure } from "../../collectors/targets/connect-failure.ts";
import { CredentialFiles } from "../../collectors/targets/credentials.ts";
import { orAborted } from "../../collectors/targets/or-aborted.ts";
import { TargetConnector } from "../../collectors/targets/target-connector.ts";
import { portOf } from "../../collectors/targets/target-url.ts";
import { ClientPool } from "../../collectors/scrape/client-pool.ts";
import type { Response } from "../../collectors/scrape/client-pool.ts";
import { CollectFailure } from "../../model/failure.ts";
import type { Clock } from "../../model/clock.ts";
import type { TargetProfile } from "../../model/target-definitions.ts";
import { mayUse } from "../../platform/host-list.ts";
import type { TargetRules } from "../../platform/target-judge.ts";

export interface SourceRequest {
  readonly profile: TargetProfile | null;
  readonly signal: AbortSignal;
  /** Sent as JSON, by POST; without it the request is a GET. */
  readonly body?: unknown;
}

export interface SourceResponse {
  readonly headers: Response["headers"];
  /** Its pieces, decoded; at most 16 MiB. */
  readonly pieces: AsyncIterable<Buffer>;
}

/** Requests to the APIs of sources. Its connections go only where the rules allow, and credentials only to the hosts of their profile. */
export class SourceClient {
  readonly #connector: TargetConnector;
  readonly #credentials: CredentialFiles;
  readonly #clients: ClientPool;

  constructor(clock: Clock, rules: TargetRules) {
    this.#connector = new TargetConnector(clock, rules);
    this.#credentials = new CredentialFiles(clock);
    this.#clients = new ClientPool(this.#connector, clock);
  }

  /** Rejects unless the status is 200, with what the source answered. */
  async open(url: URL, { body, profile, signal }: SourceRequest): Promise<SourceResponse> {
    this.#connector.checkHost(url.hostname, portOf(url));
    if (profile !== null && !mayUse(profile, url.hostname))
      throw new CollectFailure("forbidden", `${url.host} is none of the hosts of the profile`);
    const { authorization, tls } = this.#credentials.of(profile);
    const { dispatcher, release, request } = await this.#clients.clientFor(url.origin, tls);
    const sent = body === undefined ? {} : { method: "POST" as const, body: JSON.stringify(body) };
    const pending = request(url, {
      dispatcher,
      ...sent,
      headers: {
        accept: "application/json",
        "user-agent": "cloud-monitor",
        ...(body !== undefined && { "content-type": "application/json" }),
        ...(authorization !== null && { authorization }),
      },
      signal,
      bodyTimeout: 0,
    });
    try {
      const response = await orAborted(pending, signal);
      response.body.once("close", release);
      if (response.statusCode === 200) return { headers: response.headers, pieces: response.body };
      response.body.on("error", () => {}).destroy();
      throw new CollectFailure("invalid", `${url.host} responds with status ${response.statusCode}`);
    } catch (error) {
      void pending.then(({ body: unread }) => unread.on("error", () => {}).destroy()).catch(() => {});
      release();
      throw connectFailure(url.host, error, signal);
    }
  }

  /** The body as JSON. */
  async json(
    url: URL,
    request: SourceRequest,
  ): Promise<{ readonly value: unknown; readonly headers: Response["headers"] }> {
    const { headers, pieces } = await this.open(url, request);
    const all: Buffer[] = [];
    for await (const piece of pieces) all.push(piece);
    return { value: JSON.parse(Buffer.concat(all).toString("utf8")) as unknown, headers };
  }
}
