import type { Availability } from "@cloud-monitor/client";
import type { Session } from "../session.ts";
import type { Command, Runner } from "./command.ts";
import { availabilityText } from "../format/availability-text.ts";
import { formatDuration } from "../format/duration.ts";
import { formatFields } from "../format/fields.ts";
import { instantOption } from "../options/instant.ts";
import { parseId } from "../options/numbers.ts";
import { once } from "../options/once.ts";

interface AvailabilityOptions {
  id: number | undefined;
  from: string;
  to: string;
}

export function availabilityCommand(run: Runner): Command<AvailabilityOptions> {
  return {
    command: "availability [id]",
    describe: "Show for how long an instance, or all together, were up",
    builder: (yargs) =>
      yargs
        .positional("id", { type: "string", coerce: once("id", parseId), describe: "Id; without one, all instances" })
        .option("from", {
          type: "string",
          default: "1d",
          describe: "Start: 1h (ago), 2026-11-21, 2026-11-21T10:00:00Z",
        })
        .option("to", { type: "string", default: "now", describe: "End, in the same formats" })
        .example("$0 availability 3 --from 30d", "an instance in the last 30 days"),
    handler: (options) => run(options, (session) => availability(session, options)),
  };
}

async function availability({ client, clock, printer }: Session, { from, id, to }: AvailabilityOptions): Promise<void> {
  const nowMs = clock.wallMs();
  const range = { from: instantOption("--from", from, nowMs), to: instantOption("--to", to, nowMs) };
  if (id === undefined) {
    const all = await client.availability(range);
    printer.data(all, () => formatAvailability("all instances", all));
  } else {
    const one = await client.instanceAvailability(id, range);
    printer.data(one, () => formatAvailability(`${one.name} (${one.instanceId})`, one));
  }
}

function formatAvailability(name: string, answer: Availability): string {
  return formatFields([
    ["instance", name],
    ["from", answer.from],
    ["to", answer.to],
    ["availability", availabilityText(answer)],
    ["up", durationText(answer.upSeconds)],
    ["down", durationText(answer.downSeconds)],
    ["unknown", durationText(answer.unknownSeconds)],
  ]);
}

function durationText(seconds: number): string {
  return seconds === 0 ? "none" : formatDuration(seconds);
}
