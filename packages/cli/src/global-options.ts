import type { Options } from "yargs";
import { once } from "./options/once.ts";

const OUTPUTS = ["table", "json", "yaml"] as const;
export type OutputName = (typeof OUTPUTS)[number];

export interface GlobalOptions {
  output: OutputName;
  url: string | undefined;
  token: string | undefined;
  debug: boolean;
}

/** Defaults from the environment are in `connection.ts`: yargs would print a token in its help. */
export const GLOBAL_OPTIONS = {
  output: { alias: "o", choices: OUTPUTS, default: "table", describe: "Format of the data on stdout" },
  url: {
    type: "string",
    coerce: once("--url", (url) => url),
    describe: "Address of the daemon, else CLOUDCTL_URL, else http://127.0.0.1:8080",
  },
  token: {
    type: "string",
    coerce: once("--token", (token) => token),
    describe:
      "Bearer token, else CLOUDCTL_TOKEN or the file CLOUDCTL_TOKEN_FILE; on the command line, other users can see it",
  },
  debug: { type: "boolean", default: false, describe: "Show the stack of an error" },
} as const satisfies Record<string, Options>;
