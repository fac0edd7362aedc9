import { eventually } from "../support/eventually.ts";
import type { BootedMachine } from "./booted-machine.ts";

export const INSTALL = "/src/scripts/install.sh --no-build";
/** Does not exist after an installation. */
export const YAML = "/etc/cloud-monitor/cloud-monitor.yaml";
/** A service without a database, listening on port 8081. */
export const AWAY = "cloud-monitor-away";

const DROP_INS = "/run/systemd/system/cloud-monitor.service.d";

export interface JournalEntry {
  readonly MESSAGE: string;
  readonly PRIORITY: string;
}

/** The service of a booted machine. */
export class InstalledService {
  readonly #machine: BootedMachine;

  constructor(machine: BootedMachine) {
    this.#machine = machine;
  }

  /** Installed and running, without what tests added to its configuration. */
  async reset(): Promise<void> {
    await this.#machine.sh(`[ -e /opt/cloud-monitor ] || ${INSTALL}
      if [ -e ${DROP_INS} ] || [ -e ${YAML} ]; then
        rm -rf ${DROP_INS} ${YAML}
        systemctl daemon-reload
        systemctl stop cloud-monitor
      fi
      systemctl reset-failed cloud-monitor
      systemctl start cloud-monitor`);
    await this.ready();
  }

  /** Waits until its PostgreSQL is available: systemd considers it started before that. */
  async ready(): Promise<void> {
    await eventually(
      () => this.#machine.status("/-/ready").catch(() => null),
      (status) => status === 200,
    );
  }

  /** Restarts with more lines in the section [Service]. */
  async restartWith(...settings: readonly string[]): Promise<void> {
    await this.#machine.sh(`${dropIn(DROP_INS, settings)}
      systemctl restart cloud-monitor`);
  }

  /** Settings with which a signal makes the main thread loop forever, while the other threads continue. */
  async loopingAtSignal(signal: string): Promise<readonly string[]> {
    const file = "/etc/cloud-monitor/loop.mjs";
    await this.#machine.sh(`echo 'process.on("${signal}", () => { for (;;); });' > ${file}`);
    const command = await this.#machine.sh("sed -n 's/^ExecStart=//p' /etc/systemd/system/cloud-monitor.service");
    return ["ExecStart=", `ExecStart=${command.replace("/bin/node", `/bin/node --import ${file}`)}`];
  }

  /** Runs in parallel, so that the long wait for it continues during other tests. Idempotent. */
  async startOneWithoutDatabase(): Promise<void> {
    const folder = "/run/systemd/system";
    const settings = [
      "Environment=DATABASE_URL=postgresql://nobody@127.0.0.1:1/nothing HTTP_PORT=8081 STATE_DIR=/var/lib/away",
      "StateDirectory=away",
      "WatchdogSec=2",
    ];
    await this.#machine.sh(`cp /etc/systemd/system/cloud-monitor.service ${folder}/${AWAY}.service
      ${dropIn(`${folder}/${AWAY}.service.d`, settings)}
      systemctl start ${AWAY}`);
  }

  async addInstance(name: string): Promise<void> {
    await this.#machine.sh(`cloudctl list | grep -q ${name} || cloudctl add ${name} 10.0.0.1`);
  }

  /** The file of a controller of version 1 for the service's cgroup. */
  async cgroupFile(controller: string, file: string): Promise<string> {
    return `/sys/fs/cgroup/${controller}${await this.#machine.show("ControlGroup")}/${file}`;
  }

  privateServerPid(): Promise<string> {
    return this.#machine.sh("head -n 1 /var/lib/cloud-monitor/postgres/data/postmaster.pid");
  }

  healthOrNull(): Promise<string | null> {
    return this.#machine.http("/health").catch(() => null);
  }

  /** Lines of this boot's journal that contain a text, including systemd's own about the service. */
  log(text: string): Promise<string> {
    return this.#machine.sh(`journalctl -u cloud-monitor -b -o cat --no-pager | grep -F '${text}' || true`);
  }

  /** What the daemon itself wrote in this boot. */
  async journal(filter: string): Promise<JournalEntry[]> {
    const user = "_UID=$(id -u cloud-monitor)";
    const lines = await this.#machine.sh(`journalctl -u cloud-monitor ${user} -b -o json --no-pager ${filter}`);
    return lines
      .split("\n")
      .filter(Boolean)
      .map((line): JournalEntry => JSON.parse(line));
  }
}

function dropIn(folder: string, settings: readonly string[]): string {
  return `mkdir -p ${folder}; printf '%s\\n' '[Service]' ${settings.map((line) => `'${line}'`).join(" ")} > ${folder}/test.conf
      systemctl daemon-reload`;
}
