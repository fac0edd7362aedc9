import { Resolver } from "node:dns/promises";
import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import type { Clock } from "../model/clock.ts";

/** Bounds of the time for which an answer is kept, whatever its TTL, and of a failure. */
const TTL_MIN_MS = 1_000;
const TTL_MAX_MS = 300_000;
const FAILURE_MS = 5_000;
/** How often the system's files are read again. */
const FILES_MS = 10_000;
/** So that an endless number of names does not take the memory. */
const NAMES_MAX = 100_000;
const TRIES = { timeout: 2_000, tries: 2 };

interface Answer {
  readonly addresses: readonly string[];
  readonly ttlMs: number;
}

interface Known {
  readonly answer: Promise<Answer>;
  /** Monotonic; while the look-up is running, infinite. */
  untilMs: number;
}

interface SystemFiles {
  readonly hosts: ReadonlyMap<string, readonly string[]>;
  readonly search: readonly string[];
  readonly ndots: number;
  readonly readMs: number;
}

/**
 * Addresses of host names, by c-ares, which needs no thread: four unanswered look-ups by getaddrinfo(3) would stop every
 * file operation of the process. Reads /etc/hosts, and the search domains of /etc/resolv.conf, as hosts(5) and resolver(5) say.
 */
export class NameResolver {
  readonly #clock: Clock;
  readonly #resolver = new Resolver(TRIES);
  readonly #known = new Map<string, Known>();
  #files: SystemFiles | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** At least one address, IPv4 first. Rejects when the name has none or no server answers. */
  async resolve(name: string): Promise<readonly string[]> {
    if (isIP(name) !== 0) return [name];
    const key = name.toLowerCase();
    let known = this.#known.get(key);
    if (known === undefined || this.#clock.monotonicMs() >= known.untilMs) {
      known = this.#ask(key);
      if (this.#known.size >= NAMES_MAX) this.#known.clear();
      this.#known.set(key, known);
    }
    return (await known.answer).addresses;
  }

  #ask(name: string): Known {
    const known: Known = { answer: this.#lookUp(name), untilMs: Number.POSITIVE_INFINITY };
    const keepFor = (ttlMs: number) => {
      known.untilMs = this.#clock.monotonicMs() + ttlMs;
    };
    known.answer.then(
      ({ ttlMs }) => keepFor(ttlMs),
      () => keepFor(FAILURE_MS),
    );
    return known;
  }

  async #lookUp(name: string): Promise<Answer> {
    const files = this.#systemFiles();
    const addresses = files.hosts.get(name.replace(/\.$/, ""));
    if (addresses !== undefined) return { addresses, ttlMs: FILES_MS };
    for (const candidate of candidates(name, files)) {
      const found = await Promise.all([
        this.#resolver.resolve4(candidate, { ttl: true }).catch(() => []),
        this.#resolver.resolve6(candidate, { ttl: true }).catch(() => []),
      ]);
      const records = found.flat();
      if (records.length === 0) continue;
      const ttlMs = Math.min(...records.map(({ ttl }) => ttl * 1000));
      return {
        addresses: records.map(({ address }) => address),
        ttlMs: Math.min(Math.max(ttlMs, TTL_MIN_MS), TTL_MAX_MS),
      };
    }
    throw new Error(`${name} has no address`);
  }

  #systemFiles(): SystemFiles {
    const nowMs = this.#clock.monotonicMs();
    if (this.#files !== null && nowMs - this.#files.readMs < FILES_MS) return this.#files;
    const { search, ndots } = parseResolvConf(textOf("/etc/resolv.conf"));
    this.#files = { hosts: parseHosts(textOf("/etc/hosts")), search, ndots, readMs: nowMs };
    return this.#files;
  }
}

/** The names to try in turn: a name with a final dot as it stands, one with fewer dots than `ndots` in the search domains first. */
function candidates(name: string, { search, ndots }: Pick<SystemFiles, "search" | "ndots">): readonly string[] {
  if (name.endsWith(".")) return [name];
  const searched = search.map((domain) => `${name}.${domain}`);
  return name.split(".").length - 1 >= ndots ? [name, ...searched] : [...searched, name];
}

/** Addresses by name, hosts(5). */
export function parseHosts(text: string): Map<string, string[]> {
  const hosts = new Map<string, string[]>();
  for (const line of text.split("\n")) {
    const [address = "", ...names] = line.replace(/#.*/, "").trim().split(/\s+/);
    if (isIP(address) === 0) continue;
    for (const name of names) hosts.set(name.toLowerCase(), [...(hosts.get(name.toLowerCase()) ?? []), address]);
  }
  return hosts;
}

/** The search domains and `ndots`, resolver(5): the last line of each counts. */
export function parseResolvConf(text: string): Pick<SystemFiles, "search" | "ndots"> {
  let search: readonly string[] = [];
  let ndots = 1;
  for (const line of text.split("\n")) {
    const [keyword, ...words] = line
      .replace(/[#;].*/, "")
      .trim()
      .split(/\s+/);
    if (keyword === "search" || keyword === "domain") search = words.filter((word) => word !== ".");
    if (keyword === "options") ndots = Number(words.join(" ").match(/\bndots:(\d+)/)?.[1] ?? ndots);
  }
  return { search, ndots: Math.min(ndots, 15) };
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
