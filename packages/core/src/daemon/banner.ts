// A namespace import: with named imports an older Node would fail to link the bundle instead of reporting the required version.
import util from "node:util";

export interface BannerFacts {
  readonly version: string;
  readonly url: string;
  readonly storage: string;
  /** Null when the storage is available. */
  readonly unavailableReason: string | null;
  readonly stateDir: string;
  readonly instances: number;
  readonly startupSeconds: number;
}

/** What a user at a terminal needs first. Addresses and the next command are separate, so that they can be copied. */
export function banner(facts: BannerFacts, stream: NodeJS.WriteStream): string {
  const bold = (text: string) => util.styleText("bold", text, { stream });
  const rows = [
    ["Page", facts.url],
    ["Metrics", `${facts.url}metrics`],
    ["Data", facts.storage],
    ...(facts.unavailableReason === null
      ? []
      : [
          ["", `unavailable: ${facts.unavailableReason}`],
          ["", "samples are buffered in memory, and /-/ready is 503, until it is available"],
        ]),
    ["State", facts.stateDir],
    ["Watching", watched(facts.instances - 1)],
    ["Next", "npx cloudctl simulate 20    (a fleet to look at)"],
    ["Stop", "Ctrl-C"],
  ];
  const state = facts.unavailableReason === null ? "is ready" : "has started without its database";
  const title = `${bold(`cloud-monitor ${facts.version}`)} ${state} after ${facts.startupSeconds.toFixed(1)} s`;
  return ["", title, "", ...rows.map(([name, value]) => `  ${name!.padEnd(10)}${value}`), "", ""].join("\n");
}

function watched(others: number): string {
  if (others === 0) return "this host";
  return others === 1 ? "this host and 1 instance" : `this host and ${others} instances`;
}
