/** In the order of the help text. */
export const COMMAND_NAMES = [
  "list",
  "add",
  "import",
  "remove",
  "metrics",
  "history",
  "collectors",
  "discovery",
  "health",
  "simulate",
  "completion",
];
