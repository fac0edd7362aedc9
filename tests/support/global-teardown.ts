/** The counterpart of global-setup.ts. Tests stop what they start: a remaining process fails the run. */
export default async function globalTeardown(): Promise<void> {
  await globalThis.cloudMonitorTestServer?.dispose();
  const left = (await globalThis.cloudMonitorTestFolder?.dispose()) ?? [];
  if (left.length === 0) return;
  const lines = left.map(({ pid, command }) => `  ${pid}  ${command}`);
  throw new Error(`Processes that tests started were left running, and were killed now:\n${lines.join("\n")}`);
}
