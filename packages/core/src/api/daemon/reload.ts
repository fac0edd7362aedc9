import * as Type from "typebox";
import type { ApiContext } from "../http/context.ts";
import { route } from "../http/route.ts";
import { problems } from "../schemas/problem.ts";

const Outcome = Type.Object({
  changed: Type.Array(Type.String(), { description: "settings that took effect" }),
  restartNeeded: Type.Array(Type.String(), { description: "settings that need a restart" }),
});

export const reload = (context: ApiContext) =>
  route({
    method: "POST",
    paths: ["/-/reload"],
    access: "token",
    operationId: "reload",
    tag: "daemon",
    summary: "Reload the configuration, like SIGHUP",
    schema: { response: { 200: Outcome, ...problems(401, 422) } },
    handler: async () => {
      const { changed, restartNeeded } = await context.reload();
      return { changed: [...changed], restartNeeded: [...restartNeeded] };
    },
  });
