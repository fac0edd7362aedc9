/** What a stream sends: events, and the values of some instances. */
export interface EventTopics {
  readonly events: boolean;
  /** Ids of the API. */
  readonly values: readonly number[];
}

export const VALUES_IDS_MAX = 200;

const ID = "(?:0|-?[1-9][0-9]{0,9})";
const TOPIC = `(?:events|values:${ID}(?:,${ID}){0,${VALUES_IDS_MAX - 1}})`;
/** `events`, `values:1,2,3`, or both, separated by a comma. */
export const TOPICS_PATTERN = `^${TOPIC}(?:,${TOPIC}){0,7}$`;

/** Reads a text that fits `TOPICS_PATTERN`. */
export function topicsOf(text: string): EventTopics {
  const words = text.split(",").map((word) => word.replace(/^values:/, ""));
  const ids = words.filter((word) => word !== "events").map(Number);
  return { events: words.includes("events"), values: [...new Set(ids)] };
}
