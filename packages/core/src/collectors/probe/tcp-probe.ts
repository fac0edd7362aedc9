import type { Probe, ProbeContext } from "./probe.ts";
import { connectSecurely, connectTcp } from "./probe-connection.ts";
import { resolveTarget } from "./resolve-target.ts";

/** Connects, and with TLS checks the certificate. Nothing is sent. */
export function tcpProbe(context: ProbeContext): Probe {
  return async ({ endpoint, module, profile, signal }, report) => {
    const { connector, credentials, clock } = context;
    const addresses = await resolveTarget(context, endpoint, report);
    const socket = await connectTcp(connector, endpoint, { addresses, signal });
    try {
      report.set("probe_ip_protocol", socket.remoteFamily === "IPv6" ? 6 : 4);
      if (module.tcp?.tls !== true) return;
      const { tls } = credentials.of(profile);
      await connectSecurely(socket, { endpoint, tls, signal, nowSeconds: clock.wallMs() / 1000 }, report);
    } finally {
      socket.destroy();
    }
  };
}
