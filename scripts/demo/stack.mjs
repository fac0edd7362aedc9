import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeConfiguration } from "./configuration.mjs";
import { DemoFleet } from "./fleet.mjs";
import { Inbox } from "./inbox.mjs";
import { startMailSink } from "./mail-sink.mjs";
import { folderForNobody, Program } from "./program.mjs";
import { answers, getJson, waitUntil } from "./wait.mjs";
import { startWebhookSink } from "./webhook-sink.mjs";

const DAEMON = fileURLToPath(new URL("../../packages/core/dist/main.js", import.meta.url));

/** Daemon, Prometheus, Alertmanager and the two sinks, on loopback, with all their files in one temporary folder. */
export class DemoStack {
  folder = mkdtempSync(join(tmpdir(), "cloud-monitor-demo-"));
  inbox;
  urls = {};
  #running = [];
  #signal;
  #programs;

  /** `programs`: files of Prometheus and Alertmanager; `signal` aborts every wait. */
  constructor({ programs, onMessage, signal }) {
    this.#programs = programs;
    this.#signal = signal;
    this.inbox = new Inbox(onMessage);
  }

  get pids() {
    return Object.fromEntries(this.#running.filter(({ pid }) => pid).map(({ name, pid }) => [name, pid]));
  }

  get fleet() {
    return new DemoFleet(this.urls.daemon);
  }

  async start() {
    // Accessible to those that run as nobody.
    chmodSync(this.folder, 0o711);
    const mail = await this.#keep(startMailSink((message) => this.inbox.addMail(message)));
    const webhook = await this.#keep(startWebhookSink((body) => this.inbox.addPost(body)));
    const addresses = {
      daemon: await freeAddress(),
      prometheus: await freeAddress(),
      alertmanager: await freeAddress(),
      mail: mail.address,
      webhook: new URL(webhook.url).host,
    };
    const configuration = writeConfiguration(join(this.folder, "configuration"), addresses);
    await Promise.all([
      this.#startDaemon(addresses.daemon),
      this.#startAlertmanager(addresses.alertmanager, configuration),
    ]);
    await this.#startPrometheus(addresses.prometheus, configuration);
    this.urls.mail = `smtp://${mail.address}`;
    this.urls.webhook = webhook.url;
  }

  /** Waits until Prometheus has seen `count` instances up, and has found its Alertmanager: before that it drops alerts. */
  async settle(count) {
    const { prometheus } = this.urls;
    const known = async () =>
      (await getJson(`${prometheus}/api/v1/alertmanagers`))?.data.activeAlertmanagers.length === 1;
    await waitUntil(known, { what: "Prometheus to find its Alertmanager", signal: this.#signal });
    const up = async () => (await this.query('count(cloud_monitor_instance_up{id=~"[1-9].*"} == 1)')) === count;
    await waitUntil(up, { what: `Prometheus to see ${count} instances up`, signal: this.#signal });
  }

  /** The one value of an instant query; null without one. */
  async query(expression) {
    const answer = await getJson(`${this.urls.prometheus}/api/v1/query?query=${encodeURIComponent(expression)}`);
    const value = answer?.data.result[0]?.value[1];
    return value === undefined ? null : Number(value);
  }

  /** Number of alerts with this name that Alertmanager inhibits. */
  async inhibited(alertname) {
    const filter = encodeURIComponent(`alertname="${alertname}"`);
    const url = `${this.urls.alertmanager}/api/v2/alerts?active=false&silenced=false&filter=${filter}`;
    return (await getJson(url))?.length ?? 0;
  }

  /** In reverse order of start. Idempotent. */
  async stop() {
    for (const one of this.#running.splice(0).toReversed()) await one.stop();
  }

  removeFolder() {
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #startDaemon(address) {
    const stateDir = join(this.folder, "state");
    const env = { HTTP_HOST: "127.0.0.1", HTTP_PORT: address.split(":")[1], STATE_DIR: stateDir };
    const storage = process.env.STORAGE === undefined ? {} : { STORAGE: process.env.STORAGE };
    const command = [process.execPath, DAEMON];
    const daemon = this.#run(new Program("daemon", { command, folder: this.folder, env: { ...env, ...storage } }));
    this.urls.daemon = `http://${address}`;
    await daemon.ready(() => answers(`${this.urls.daemon}/-/ready`), this.#signal);
  }

  async #startAlertmanager(address, { alertmanager }) {
    const flags = {
      "config.file": alertmanager,
      "storage.path": folderForNobody(join(this.folder, "alertmanager")),
      "web.listen-address": address,
      "web.external-url": `http://${address}/`,
      "cluster.listen-address": "",
    };
    await this.#startServer("alertmanager", address, flags);
  }

  async #startPrometheus(address, { prometheus }) {
    const flags = {
      "config.file": prometheus,
      "storage.tsdb.path": folderForNobody(join(this.folder, "prometheus")),
      "web.listen-address": address,
      "web.external-url": `http://${address}/`,
      // The first notification is lost while Prometheus is still discovering its Alertmanager; the next one is due after this.
      "rules.alert.resend-delay": "1s",
    };
    await this.#startServer("prometheus", address, flags);
  }

  async #startServer(name, address, flags) {
    const command = [this.#programs[name], ...Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`)];
    const program = this.#run(new Program(name, { command, folder: this.folder, asNobody: true }));
    this.urls[name] = `http://${address}`;
    await program.ready(() => answers(`${this.urls[name]}/-/ready`), this.#signal);
  }

  #run(program) {
    this.#running.push(program);
    return program;
  }

  async #keep(starting) {
    const started = await starting;
    this.#running.push(started);
    return started;
  }
}

/** A free port; the links in messages need it before its server starts. */
async function freeAddress() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return `127.0.0.1:${port}`;
}
