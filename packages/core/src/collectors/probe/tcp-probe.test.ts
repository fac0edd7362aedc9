import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { expect, test } from "@jest/globals";
import { probing } from "./testing/probing.ts";

const MODULE = { prober: "tcp" } as const;

test("a port that accepts connections is up; without a listener it is refused", async () => {
  const server = createServer((socket) => socket.on("error", () => {})).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const probe = probing();
  const up = await probe({ module: MODULE, target: `localhost:${port}` });
  server.close();
  await once(server, "close");
  const down = await probe({ module: MODULE, target: `127.0.0.1:${port}` });

  expect(up.reason).toBeNull();
  expect(up.values).toEqual({
    probe_success: 1,
    probe_duration_seconds: expect.any(Number),
    probe_dns_lookup_time_seconds: expect.any(Number),
    probe_ip_protocol: 4,
  });
  expect(down.reason).toBe("refused");
  expect(down.out.failures).toEqual([`127.0.0.1:${port} refused the connection`]);
});

test.each(["10.0.0.1", "http://10.0.0.1:80/", "10.0.0.1:0", "10.0.0.1:65536", "[10.0.0.1]:80", "a b:80", ":80"])(
  "%j is no target",
  async (target) => {
    const { out, reason } = await probing()({ module: MODULE, target });

    expect(reason).toBe("failed");
    expect(out.failures).toEqual(["its target must be host:port, such as 10.0.0.5:5432"]);
  },
);

test("nothing is connected to on this machine unless that is allowed", async () => {
  const { reason } = await probing({ allowLoopback: false, ownPort: 1 })({ module: MODULE, target: "localhost:22" });

  expect(reason).toBe("forbidden");
});
