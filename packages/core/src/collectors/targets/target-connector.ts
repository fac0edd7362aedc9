import type { Socket } from "node:net";
import type { Clock } from "../../model/clock.ts";
import { messageOf } from "../../model/errors.ts";
import { CollectFailure } from "../../model/failure.ts";
import { NameResolver } from "../../platform/name-resolver.ts";
import { refusalOf, refusalOfHost } from "../../platform/target-judge.ts";
import type { TargetRules } from "../../platform/target-judge.ts";

export interface TargetAddress {
  readonly address: string;
  readonly family: 4 | 6;
}

/** Decides where connections go: asked before a name is resolved, for its addresses, and for the connected socket. */
export class TargetConnector {
  readonly #rules: TargetRules;
  readonly #resolver: NameResolver;

  constructor(clock: Clock, rules: TargetRules) {
    this.#rules = rules;
    this.#resolver = new NameResolver(clock);
  }

  /** `host` as in a URL. Throws CollectFailure `forbidden`. */
  checkHost(host: string, port: number): void {
    const refusal = refusalOfHost(host, port, this.#rules);
    if (refusal !== null) throw new CollectFailure("forbidden", `${host}:${port} ${refusal}`);
  }

  /** At least one. Throws CollectFailure `unresolved` or `forbidden`. */
  async addressesOf(name: string): Promise<readonly TargetAddress[]> {
    let addresses: readonly string[];
    try {
      addresses = await this.#resolver.resolve(name);
    } catch (cause) {
      throw new CollectFailure("unresolved", messageOf(cause), { cause });
    }
    return addresses.map((address) => {
      const refusal = refusalOf(address, 0, this.#rules);
      if (refusal !== null) throw new CollectFailure("forbidden", `${name} is ${address}, which ${refusal}`);
      return { address, family: address.includes(":") ? 6 : 4 };
    });
  }

  /** The failure when a connection went where none may go; null otherwise. */
  failureOfSocket({ remoteAddress, remotePort }: Socket, name: string): CollectFailure | null {
    const refusal = refusalOf(remoteAddress ?? "0.0.0.0", remotePort ?? 0, this.#rules);
    return refusal === null ? null : new CollectFailure("forbidden", `${name} is ${remoteAddress}, which ${refusal}`);
  }
}
