import { waitUntil } from "./wait.mjs";

/**
 * The messages that arrived, oldest first. `onMessage` is called with each one.
 * A message is `{via, atMs, status: "firing" or "resolved", title, text, alerts}`; `alerts` are the label sets of a
 * webhook, and null for a mail, which is matched by its subject and text.
 */
export class Inbox {
  #messages = [];
  #onMessage;

  constructor(onMessage) {
    this.#onMessage = onMessage;
  }

  addMail({ subject, from, to, text, isHtmlOnly }) {
    const status = /resolved/i.test(subject) ? "resolved" : "firing";
    this.#add({ via: "mail", status, title: subject, text, alerts: null, from, to, isHtmlOnly });
  }

  /** Alertmanager's own webhook format; messages for Slack and PagerDuty are shown, but not parsed. */
  addPost(body) {
    if (!Array.isArray(body.alerts)) return this.#add({ ...foreign(body), status: null, text: "", alerts: [] });
    const alerts = body.alerts.map(({ labels }) => labels);
    const names = [...new Set(alerts.map(({ alertname }) => alertname))].join(", ");
    const text = body.alerts.map(({ annotations }) => annotations.summary ?? "").join("\n");
    this.#add({
      via: "webhook",
      status: body.status,
      title: `${body.status} ${names} (${alerts.length})`,
      text,
      alerts,
    });
  }

  /** Waits until a message matching `wanted` has arrived by each of `vias` after `sinceMs` (of performance.now). */
  async arrival(wanted, { vias, sinceMs, withinMs, signal }) {
    const found = () =>
      vias.map((via) => this.#messages.some((message) => message.atMs >= sinceMs && fits(message, { ...wanted, via })));
    await waitUntil(() => found().every(Boolean), {
      what: `${wanted.status} ${wanted.words.join(" ")} by ${vias.join(" and ")}`,
      withinMs,
      signal,
    });
  }

  #add(message) {
    const complete = { atMs: performance.now(), ...message };
    this.#messages.push(complete);
    this.#onMessage(complete);
  }
}

/** Whether all `words` are in a mail's subject or text, or are labels of one alert of a webhook. */
function fits(message, { via, status, words }) {
  if (message.via !== via || message.status !== status) return false;
  if (message.alerts === null) return words.every((word) => `${message.title}\n${message.text}`.includes(word));
  return message.alerts.some((labels) => words.every((word) => Object.values(labels).includes(word)));
}

function foreign(body) {
  if ("routing_key" in body) {
    return { via: "pagerduty", title: `${body.event_action} ${body.payload?.summary ?? body.dedup_key}` };
  }
  if ("attachments" in body) return { via: "slack", title: body.attachments[0].title };
  return { via: "post", title: JSON.stringify(body).slice(0, 200) };
}
