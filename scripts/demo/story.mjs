/** The demo's output: text for users, or one JSON object per line for programs. */
export class Story {
  #asJson;
  #sinceMs = performance.now();

  constructor({ asJson }) {
    this.#asJson = asJson;
  }

  started({ urls, folder, pids, instances }) {
    this.#tell({ event: "started", ...urls, folder, pids, instances }, [
      "",
      `daemon         ${urls.daemon}/   ${instances} simulated instances`,
      `Prometheus     ${urls.prometheus}/alerts`,
      `Alertmanager   ${urls.alertmanager}/`,
      `mail sink      ${urls.mail}`,
      `webhook sink   ${urls.webhook}`,
      `configuration  ${folder}/configuration, shortened from prometheus/`,
    ]);
  }

  /** Starts a part; the following times are seconds from here. */
  part(name, title) {
    this.#sinceMs = performance.now();
    this.#tell({ event: "part", name, title }, ["", title]);
  }

  note(text, facts = {}) {
    this.#tell({ event: "note", seconds: this.#seconds(), text, ...facts }, [`${this.#clock()}  ${text}`]);
  }

  message({ via, status, title, text, alerts, from, to, isHtmlOnly }) {
    const body = text.split("\n").filter((line) => line.trim() !== "");
    const shown =
      body.length > LINES_MAX ? [...body.slice(0, LINES_MAX), `... ${body.length - LINES_MAX} lines more`] : body;
    this.#tell({ event: "message", seconds: this.#seconds(), via, status, title, text, alerts, from, to, isHtmlOnly }, [
      `${this.#clock()}  ${via}: ${title}`,
      ...shown.map((line) => `             | ${line}`),
    ]);
  }

  end(text) {
    this.#tell({ event: "end", text }, ["", text]);
  }

  #tell(event, lines) {
    console.log(this.#asJson ? JSON.stringify(event) : lines.join("\n"));
  }

  #seconds() {
    return Math.round(performance.now() - this.#sinceMs) / 1000;
  }

  #clock() {
    return `${this.#seconds().toFixed(1).padStart(7)} s`;
  }
}

const LINES_MAX = 25;
