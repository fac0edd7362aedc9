import type { ApiContext } from "../http/context.ts";

/** An exposition that renders this page and has nothing else. */
export function expositionOf(render: ApiContext["exposition"]["render"]): ApiContext["exposition"] {
  return { render, places: unexpected, familiesOf: unexpected, textOf: unexpected };
}

function unexpected(): never {
  throw new Error("only the page of /metrics is expected here");
}
