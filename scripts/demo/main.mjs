/** The program of demo-stack.sh: starts the stack, injects faults, shows the messages that arrive, and stops everything. */
import { once } from "node:events";
import { parseArgs } from "node:util";
import { injectDeath, injectZoneOutage } from "./faults.mjs";
import { DemoStack } from "./stack.mjs";
import { Story } from "./story.mjs";

/** Four zones share them evenly. */
const INSTANCES = 40;
const INSTANCES_FOR_OUTAGE = 800;
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };

const { values: options } = parseArgs({
  options: { keep: { type: "boolean" }, "zone-outage": { type: "boolean" }, json: { type: "boolean" } },
});
const stopping = new AbortController();
for (const name of Object.keys(EXIT_CODES)) process.on(name, () => stopping.abort(name));
// If our reader has exited or the terminal is closed, the stack is stopped nevertheless.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => stopping.abort("SIGHUP"));

// Programs that run as nobody read the configuration.
process.umask(0o022);
const { signal } = stopping;
const story = new Story({ asJson: options.json });
const stack = new DemoStack({
  programs: { prometheus: process.env.PROMETHEUS_BIN, alertmanager: process.env.ALERTMANAGER_BIN },
  onMessage: (message) => story.message(message),
  signal,
});
process.exit(await perform());

async function perform() {
  let failure = null;
  try {
    await show();
  } catch (error) {
    failure = error;
  }
  await stack.stop();
  if (signal.aborted) {
    stack.removeFolder();
    story.end(`${signal.reason}: everything is stopped`);
    return options.keep && failure === null ? 0 : EXIT_CODES[signal.reason];
  }
  if (failure === null) {
    stack.removeFolder();
    story.end("Everything is stopped");
    return 0;
  }
  console.error(`demo-stack: ${failure.message}\nEverything is stopped; logs and configuration are in ${stack.folder}`);
  return 1;
}

async function show() {
  const instances = options["zone-outage"] ? INSTANCES_FOR_OUTAGE : INSTANCES;
  await stack.start();
  await stack.fleet.add(instances);
  story.started({ urls: stack.urls, folder: stack.folder, pids: stack.pids, instances });
  await stack.settle(instances);
  await injectDeath({ stack, story, signal });
  if (options["zone-outage"]) await injectZoneOutage({ stack, story, signal });
  if (!options.keep) return;
  story.part("kept", "All of it runs until Ctrl-C");
  if (!signal.aborted) await once(signal, "abort");
}
