import type { Event, EventQuery, EventType } from "@cloud-monitor/client";
import type { Session } from "../session.ts";
import type { Command, Runner } from "./command.ts";
import { followStream } from "../follow-stream.ts";
import { eventText } from "../format/event-text.ts";
import { formatTable } from "../format/table.ts";
import { EVENT_TYPES } from "../options/choices.ts";
import { instantOption } from "../options/instant.ts";
import { parseId, parseWhole } from "../options/numbers.ts";
import { once } from "../options/once.ts";
import { UsageError } from "../usage-error.ts";

interface EventsOptions {
  instance: number | undefined;
  type: EventType[] | undefined;
  from: string | undefined;
  to: string | undefined;
  limit: number | undefined;
  follow: boolean;
}

/** The maximum per request of the API. */
const PAGE_MAX = 1000;
const LIMIT_DEFAULT = 50;

export function eventsCommand(run: Runner): Command<EventsOptions> {
  return {
    command: "events",
    describe: "Show what happened, and follow it",
    builder: (yargs) =>
      yargs
        .option("instance", {
          type: "string",
          coerce: once("--instance", parseId),
          describe: "Only of the instance with this id; 0 is the daemon's own host",
        })
        .option("type", { choices: EVENT_TYPES, array: true, describe: "Only events of this type; repeatable" })
        .option("from", { type: "string", describe: "Start: 1h (ago), 2026-11-21, 2026-11-21T10:00:00Z" })
        .option("to", { type: "string", describe: "End, in the same formats" })
        .option("limit", {
          type: "string",
          coerce: once("--limit", (text) => parseWhole(text, { what: "a number above 0", min: 1, max: 10_000_000 })),
          describe: "Maximum number of events, the latest ones; default 50",
        })
        .option("follow", {
          alias: "f",
          type: "boolean",
          default: false,
          describe: "Continue with every new event until Ctrl-C",
        })
        .example("$0 events --from 1d --type status", "changes of status since yesterday")
        .example("$0 events -f -o json", "one object per line, as it happens"),
    handler: (options) => run(options, (session) => events(session, options)),
  };
}

async function events(session: Session, options: EventsOptions): Promise<void> {
  const { printer } = session;
  if (options.follow && options.to !== undefined) throw new UsageError("use either --follow or --to, not both");
  const past = (await latest(session, options)).toReversed();
  if (!options.follow) {
    printer.data(past, () => formatEvents(past));
    if (past.length === 0) printer.remark("no such events");
    return;
  }
  const show = (event: Event) => printer.streamed(event, () => formatLine(event));
  past.forEach(show);
  const lastEventId = past.length === 0 ? {} : { lastEventId: Math.max(...past.map(({ id }) => id)) };
  for await (const message of followStream(session, { ...filterOf(options), ...lastEventId })) {
    if (message.type === "event") show(message.event);
  }
}

async function latest({ client, clock }: Session, options: EventsOptions): Promise<Event[]> {
  const { from, limit = LIMIT_DEFAULT, to } = options;
  const nowMs = clock.wallMs();
  const found: Event[] = [];
  let cursor: string | null = null;
  do {
    const page = await client.events({
      ...filterOf(options),
      ...(from !== undefined && { from: instantOption("--from", from, nowMs) }),
      ...(to !== undefined && { to: instantOption("--to", to, nowMs) }),
      limit: Math.min(PAGE_MAX, limit - found.length),
      ...(cursor !== null && { cursor }),
    });
    found.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null && found.length < limit);
  return found;
}

function filterOf({ instance, type }: EventsOptions): EventQuery {
  return { ...(instance !== undefined && { instance }), ...(type !== undefined && { type }) };
}

function formatEvents(all: readonly Event[]): string {
  return formatTable<Event>(
    [
      { title: "TIME", text: ({ at }) => at },
      { title: "ID", text: ({ instanceId }) => String(instanceId), align: "right" },
      { title: "NAME", text: ({ name }) => name },
      { title: "EVENT", text: eventText },
    ],
    all,
  );
}

/** Without widths, because later lines are not known. */
function formatLine(event: Event): string {
  const [, line] = formatTable<Event>(
    [
      { title: "", text: ({ at }) => at },
      { title: "", text: ({ instanceId, name }) => `${name} (${instanceId})` },
      { title: "", text: eventText },
    ],
    [event],
  ).split("\n");
  return `${line}\n`;
}
