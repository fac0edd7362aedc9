import { TestDaemon } from "../support/daemon.ts";
import { cloudctl } from "../support/cloudctl.ts";
import { eventually } from "../support/eventually.ts";
import { createTestDatabase } from "../support/postgres.ts";
import type { TestDatabase } from "../support/postgres.ts";

/** A daemon that stores a demo fleet in its own database, one row per second and instance; two instances are down. */
export class WatchedFleet {
  /** An instance that is up again after a failure. */
  readonly name = "demo-fr-par-1-web-0001";
  readonly daemon: TestDaemon;
  readonly database: TestDatabase;

  private constructor(daemon: TestDaemon, database: TestDatabase) {
    this.daemon = daemon;
    this.database = database;
  }

  static async start(): Promise<WatchedFleet> {
    const database = await createTestDatabase();
    const daemon = new TestDaemon({ env: { DATABASE_URL: database.url, DEFAULT_INTERVAL: "1" } });
    const fleet = new WatchedFleet(daemon, database);
    try {
      await daemon.ready();
      await fleet.#fill(await daemon.url());
      return fleet;
    } catch (error) {
      await fleet.dispose();
      throw error;
    }
  }

  async dispose(): Promise<void> {
    await this.daemon.dispose();
    await this.database.drop();
  }

  async #fill(url: string): Promise<void> {
    await cloudctl(url, ["simulate", "12"]);
    const inZone = ["--label", "zone=fr-par-1", "--label", "role=web", "--fault", "throw"];
    await cloudctl(url, ["add", "broken-1", "10.1.0.1", ...inZone]);
    await cloudctl(url, ["add", "broken-2", "10.1.0.2", ...inZone]);
    await this.daemon.send("PATCH", "/instances/1", { simulation: { fault: "throw" } });
    await this.#downAre(3);
    await this.daemon.send("PATCH", "/instances/1", { simulation: { profile: "web" } });
    await this.#downAre(2);
  }

  async #downAre(count: number): Promise<void> {
    await eventually(
      () => this.daemon.metric("cloud_monitor_instances", 'status="down"'),
      (down) => down === count,
    );
  }
}
