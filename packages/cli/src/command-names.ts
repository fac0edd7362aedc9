/** In the order of the help. */
export const COMMAND_NAMES = ["list", "add", "remove", "metrics", "history", "health", "simulate", "completion"];
