import { setTimeout as pause } from "node:timers/promises";
import { moment, waitUntil } from "./wait.mjs";

/** The channels by which both the alert and its resolution must arrive. */
const VIAS = ["mail", "webhook"];
/** Timeout for a message. */
const ARRIVAL_MS = 45_000;
/** Longer than group_wait of the shortened alertmanager.yml: uninhibited messages have arrived by then. */
const HOLD_MS = 3000;
/** Longer than its group_interval: a message of a known group has arrived by then. */
const QUIET_MS = 4500;

/** One instance dies and recovers. */
export async function injectDeath({ stack, story, signal }) {
  const [victim] = await stack.fleet.list();
  const words = ["InstanceDown", victim.name];

  story.part("death", `Instance ${victim.id}, ${victim.name}, dies`);
  const sinceMs = performance.now();
  await stack.fleet.break([victim]);
  await stack.inbox.arrival({ status: "firing", words }, { vias: VIAS, sinceMs, withinMs: ARRIVAL_MS, signal });

  await heal({ stack, story, signal, words, name: "healed" }, [victim]);
}

/** Every instance of a zone dies at once: one message for all, while their own are inhibited. */
export async function injectZoneOutage({ stack, story, signal }) {
  const instances = await stack.fleet.list();
  // Not the zone of the first part, whose group of alerts Alertmanager still knows.
  const { zone } = instances.at(-1).labels;
  const victims = instances.filter(({ labels }) => labels.zone === zone);
  const words = ["ZoneOutage", zone];

  const at = new Date(Date.now() + (await noticeMs(stack.fleet, victims)));
  await stack.fleet.break(victims, at);
  await moment(at, signal);
  story.part("outage", `All ${victims.length} instances of the zone ${zone} die`);
  const sinceMs = performance.now();
  await stack.inbox.arrival({ status: "firing", words }, { vias: VIAS, sinceMs, withinMs: ARRIVAL_MS, signal });
  await waitUntil(async () => (await stack.inhibited("InstanceDown")) === victims.length, {
    what: `Alertmanager to hold back InstanceDown of ${victims.length} instances`,
    withinMs: ARRIVAL_MS,
    signal,
  });
  story.note(`Alertmanager inhibits InstanceDown of ${victims.length} instances`, { inhibited: victims.length });
  await pause(HOLD_MS, undefined, { signal });

  await heal({ stack, story, signal, words, name: "zone-healed" }, victims);
  await pause(QUIET_MS, undefined, { signal });
  story.note("That was all");
}

/** Enough time to inject every fault before the first takes effect: three times what it takes to remove them. */
async function noticeMs(fleet, victims) {
  const sinceMs = performance.now();
  await fleet.heal(victims);
  return 500 + 3 * (performance.now() - sinceMs);
}

async function heal({ stack, story, signal, words, name }, victims) {
  story.part(name, victims.length === 1 ? "It recovers" : "They recover");
  const sinceMs = performance.now();
  await stack.fleet.heal(victims);
  await stack.inbox.arrival({ status: "resolved", words }, { vias: VIAS, sinceMs, withinMs: ARRIVAL_MS, signal });
}
