import { CloudMonitorError } from "../../../model/errors.ts";

/** Family of `protocol_field`; null for one that is not served. */
export type FamilyOf = (key: string) => string | null;

export type WriteField = (family: string, value: number) => void;

interface Column {
  readonly index: number;
  readonly family: string;
}

interface Pair {
  readonly names: string;
  /** With the colon. */
  readonly protocol: string;
  readonly length: number;
  readonly wanted: readonly Column[];
}

/**
 * Reads pairs of lines, `protocol: names` and `protocol: numbers`, of /proc/net/netstat and snmp. The names hardly ever change
 * while the kernel runs: which of their 300 columns are served is worked out once.
 */
export class NetstatPairs {
  readonly #familyOf: FamilyOf;
  readonly #pairs: Pair[] = [];

  constructor(familyOf: FamilyOf) {
    this.#familyOf = familyOf;
  }

  /** A pair that does not match is skipped. Throws `COLLECT_FAILED` when there is no other. */
  read(text: string, write: WriteField): void {
    const lines = text.split("\n");
    let isValid = false;
    for (let line = 0; line + 1 < lines.length; line += 2) {
      const pair = this.#pairAt(line / 2, lines[line]!);
      const values = lines[line + 1]!.split(" ");
      if (values.length !== pair.length || values[0] !== pair.protocol || !/^\w+:$/.test(pair.protocol)) continue;
      isValid ||= values.some((value, index) => index > 0 && NUMBER.test(value));
      for (const { index, family } of pair.wanted) writeNumber(family, values[index]!, write);
    }
    if (isValid) return;
    throw new CloudMonitorError("COLLECT_FAILED", "/proc/net/netstat or snmp has no pair of lines `protocol: ...`");
  }

  #pairAt(at: number, names: string): Pair {
    const known = this.#pairs[at];
    if (known?.names === names) return known;
    const words = names.split(" ");
    const protocol = words[0]!;
    const wanted = words.flatMap((name, index) => {
      const family = index === 0 ? null : this.#familyOf(`${protocol.slice(0, -1)}_${name}`);
      return family === null ? [] : [{ index, family }];
    });
    return (this.#pairs[at] = { names, protocol, length: words.length, wanted });
  }
}

interface Line {
  /** `Icmp6InMsgs` with what follows it up to the number. */
  readonly name: string;
  readonly family: string | null;
}

/** Reads lines `Icmp6InMsgs 7` of /proc/net/snmp6; others are skipped. */
export class NetstatLines {
  readonly #familyOf: FamilyOf;
  readonly #lines: Line[] = [];

  constructor(familyOf: FamilyOf) {
    this.#familyOf = familyOf;
  }

  read(text: string, write: WriteField): void {
    text.split("\n").forEach((line, at) => {
      let known = this.#lines[at];
      if (known === undefined || known.name === "" || !line.startsWith(known.name)) {
        const [name = "", protocol, field] = /^(\w*?6)(\w+)\s+/.exec(line) ?? [];
        known = { name, family: protocol === undefined ? null : this.#familyOf(`${protocol}_${field!}`) };
        this.#lines[at] = known;
      }
      if (known.family !== null) writeNumber(known.family, line.slice(known.name.length).trimEnd(), write);
    });
  }
}

/** -1 stands for no limit. */
const NUMBER = /^-?\d{1,20}$/;

function writeNumber(family: string, text: string, write: WriteField): void {
  if (NUMBER.test(text)) write(family, Number(text));
}
