/** A reply that ping(8) of iputils or BusyBox printed. */
export interface PingReply {
  readonly roundTripSeconds: number;
  readonly hopLimit: number;
}

/** What a router says instead, such as `Destination Host Unreachable`; null for any other line. */
export function parseRefusal(line: string): string | null {
  return /^From .*?\b((?:Destination|Time to live|Packet|Network)\b.*)$/.exec(line)?.[1] ?? null;
}

/** `64 bytes from 10.0.0.5: icmp_seq=1 ttl=64 time=0.045 ms`; null for any other line. */
export function parsePingLine(line: string): PingReply | null {
  const [, hopLimit, milliseconds] = /^\d+ bytes from .*[ :](?:ttl|hlim)=(\d+) time=([\d.]+) ms/.exec(line) ?? [];
  const roundTripSeconds = Number(milliseconds) / 1000;
  if (hopLimit === undefined || !Number.isFinite(roundTripSeconds)) return null;
  return { roundTripSeconds, hopLimit: Number(hopLimit) };
}
