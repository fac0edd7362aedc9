/** In the order of the help text. */
export const COMMAND_NAMES = [
  "list",
  "add",
  "import",
  "remove",
  "metrics",
  "history",
  "watch",
  "events",
  "availability",
  "wait",
  "collectors",
  "discovery",
  "health",
  "simulate",
  "completion",
];
