import type { TargetGroup } from "../../model/discovery-jobs.ts";
import type { TargetProfile } from "../../model/target-definitions.ts";
import type { Fetcher } from "../../collectors/scrape/fetcher.ts";
import { TargetGroupReader } from "./target-groups.ts";

export interface HttpFinderOptions {
  readonly url: string;
  readonly profile: () => TargetProfile | null;
  readonly fetcher: Pick<Fetcher, "get">;
  readonly yieldToLoop: () => Promise<void>;
}

/** The targets that a URL lists (Prometheus, `http_sd`). */
export function httpFind({ fetcher, profile, url, yieldToLoop }: HttpFinderOptions) {
  const reader = new TargetGroupReader(yieldToLoop);
  const extra = { __meta_url: url };
  let seen: Buffer | null = null;
  return async (signal: AbortSignal): Promise<readonly TargetGroup[] | null> => {
    using fetched = await fetcher.get(new URL(url), { profile: profile(), signal });
    if (!/^application\/json\b/i.test(fetched.contentType)) throw new Error(`${url} answers no application/json`);
    const body = Buffer.concat(fetched.pieces);
    if (seen?.equals(body) === true) return null;
    const groups = await reader.read(body, extra);
    seen = body;
    return groups;
  };
}
