/** The other half of global-setup.ts. What a test starts, it ends: a process that is left fails the run. */
export default async function globalTeardown(): Promise<void> {
  await globalThis.cloudMonitorTestServer?.dispose();
  const left = (await globalThis.cloudMonitorTestFolder?.dispose()) ?? [];
  if (left.length === 0) return;
  const lines = left.map(({ pid, command }) => `  ${pid}  ${command}`);
  throw new Error(`Processes that tests started were left running, and were killed now:\n${lines.join("\n")}`);
}
