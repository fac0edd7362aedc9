import { createClient } from "@cloud-monitor/client";

const BULK = 5_000;

/** Adds simulated instances, named `bench-0` and so on. */
export async function addFleet(url: string, { count, interval }: { count: number; interval: number }): Promise<void> {
  const client = createClient({ url, timeoutMs: 60_000 });
  for (let from = 0; from < count; from += BULK) {
    const size = Math.min(BULK, count - from);
    await client.addInstances(
      Array.from({ length: size }, (_, i) => ({ name: `bench-${from + i}`, ip: "10.0.0.1", interval })),
    );
  }
  await client.close();
}

/** The daemon's own samples of /metrics; `sum` adds those of a family, or of one given series. */
export async function ownMetrics(url: string): Promise<{ sum(name: string): number }> {
  const lines = (await (await fetch(`${url}/metrics?collect[]=daemon`)).text()).split("\n");
  return {
    sum: (name) =>
      lines
        .filter((line) => isOf(line, name))
        .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" "))), 0),
  };
}

function isOf(line: string, name: string): boolean {
  return line.startsWith(`${name} `) || line.startsWith(`${name}{`);
}
