import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const CLOUDCTL = fileURLToPath(new URL("../../packages/cli/bin/cloudctl.js", import.meta.url));
const LABEL = "fleet=demo";
const PAGE = 1000;
/** Maximum number of concurrent requests. */
const PARALLEL = 8;

/** The demo's simulated instances, with one sample per second each. */
export class DemoFleet {
  #daemonUrl;

  constructor(daemonUrl) {
    this.#daemonUrl = daemonUrl;
  }

  async add(count) {
    await promisify(execFile)(process.execPath, [CLOUDCTL, "simulate", String(count), "--interval", "1"], {
      env: { PATH: process.env.PATH, CLOUDCTL_URL: this.#daemonUrl },
    });
  }

  /** All of them, by id, with their original simulation, which `heal` restores. */
  async list() {
    const query = `label=${encodeURIComponent(LABEL)}&limit=${PAGE}`;
    const answer = await fetch(`${this.#daemonUrl}/api/v1/instances?${query}`);
    return (await answer.json()).items;
  }

  /** Makes their collections fail, from `at` or from now on. */
  break(instances, at) {
    const fault = { fault: "die", ...(at !== undefined && { at: at.toISOString() }) };
    return this.#change(instances, ({ simulation }) => ({ ...simulation, ...fault }));
  }

  heal(instances) {
    return this.#change(instances, ({ simulation }) => simulation);
  }

  async #change(instances, simulationOf) {
    const rest = [...instances];
    const change = async () => {
      for (let instance = rest.pop(); instance !== undefined; instance = rest.pop()) {
        await this.#patch(instance.id, { simulation: simulationOf(instance) });
      }
    };
    await Promise.all(Array.from({ length: PARALLEL }, change));
  }

  async #patch(id, body) {
    const answer = await fetch(`${this.#daemonUrl}/api/v1/instances/${id}`, {
      method: "PATCH",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`the daemon refused to change instance ${id}: ${await answer.text()}`);
    await answer.body?.cancel();
  }
}
