import { Readable } from "node:stream";
import * as Type from "typebox";
import type { ApiContext, ProfileKind } from "../http/context.ts";
import { PROFILE_KINDS } from "../http/context.ts";
import { LIMITS } from "../http/limits.ts";
import { route } from "../http/route.ts";
import { choice } from "../../model/schemas/choice.ts";
import { problems } from "../schemas/problem.ts";

const SECONDS_DEFAULT = "10";
const EXTENSIONS: Readonly<Record<ProfileKind, string>> = { cpu: "cpuprofile", heap: "heapsnapshot" };

const Query = Type.Object(
  {
    kind: choice(PROFILE_KINDS),
    seconds: Type.Optional(
      Type.String({
        pattern: "^(?:[1-9]|[1-5][0-9]|60)$",
        description: `a whole number, 1 to ${LIMITS.profileSecondsMax}`,
      }),
    ),
  },
  { additionalProperties: false },
);

const FILE = {
  description: "A file that Chrome DevTools opens.",
  content: { "application/json": { schema: { type: "object" } } },
};

/** A heap snapshot contains every string in memory, including secrets: hence admin only. */
export const profile = ({ profiler }: ApiContext) =>
  route({
    method: "POST",
    paths: ["/-/profile"],
    access: "admin",
    operationId: "profile",
    tag: "daemon",
    summary: "A CPU profile over some seconds, or a heap snapshot",
    schema: { querystring: Query, response: { 200: FILE, ...problems(400, 401, 409) } },
    handler: async ({ query }, reply) => {
      const pieces = await profiler.take(query.kind, Number(query.seconds ?? SECONDS_DEFAULT));
      return reply
        .header("content-type", "application/json; charset=utf-8")
        .header("content-disposition", `attachment; filename="cloud-monitor.${EXTENSIONS[query.kind]}"`)
        .send(Readable.from(pieces));
    },
  });
