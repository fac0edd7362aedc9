/** The other half of global-setup.ts. */
export default async function globalTeardown(): Promise<void> {
  await globalThis.cloudMonitorTestServer?.dispose();
}
