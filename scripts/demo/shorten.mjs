/** Keys of prometheus.yml, rule files and alertmanager.yml with a duration. */
const DURATION_KEYS = [
  "scrape_interval",
  "scrape_timeout",
  "evaluation_interval",
  "interval",
  "for",
  "keep_firing_for",
  "group_wait",
  "group_interval",
  "repeat_interval",
  "resolve_timeout",
];
const DURATION_LINE = new RegExp(
  `^(\\s*(?:- )?(?:${DURATION_KEYS.join("|")}):\\s+)((?:\\d+(?:ms|[smhdwy]))+)(?=\\s|$)`,
  "gm",
);
const UNIT_SECONDS = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800, y: 31_536_000 };

/**
 * The same configuration `factor` times faster, with a minimum of one second: events of minutes take seconds, in the
 * same order. Ranges in expressions are not changed.
 */
export function shortenDurations(yaml, factor) {
  return yaml.replace(DURATION_LINE, (_line, key, duration) => `${key}${shortened(duration, factor)}`);
}

/** prometheus.yml, with other addresses for those of the shipped one: `{"127.0.0.1:8080": "127.0.0.1:40001"}`. */
export function moveAddresses(yaml, addresses) {
  return Object.entries(addresses).reduce((text, [shipped, own]) => text.replaceAll(shipped, own), yaml);
}

/**
 * alertmanager.yml whose messages go to sinks: the mail server's address, every web address, and every file with a secret
 * (`secretFile` says where one is now).
 */
export function divertMessages(yaml, { mail, webhook, secretFile }) {
  return (
    yaml
      .replace(/^(  smtp_smarthost: ).*/m, `$1${mail}`)
      .replace(/^(\s*(?:- )?\w*url: )https?:\/\/[^/\s]+/gm, `$1${webhook}`)
      .replace(/^(\s*(?:- )?)(\w+_file): (\S+)/gm, (_line, ...[indent, key, path]) => {
        return `${indent}${key}: ${secretFile(key, path)}`;
      })
      // Without this line they go to PagerDuty.
      .replace(/^global:\n/m, `global:\n  pagerduty_url: ${webhook}/pagerduty\n`)
  );
}

function shortened(duration, factor) {
  const parts = [...duration.matchAll(/(\d+)(ms|[smhdwy])/g)];
  const seconds = parts.reduce((sum, [, count, unit]) => sum + Number(count) * UNIT_SECONDS[unit], 0);
  return seconds === 0 ? "0s" : `${Math.max(1, Math.round(seconds / factor))}s`;
}
