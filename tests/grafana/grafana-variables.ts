/** The values of Grafana's variables in queries, for the daemon and the time range of a test. */
export interface Chosen {
  /** The daemon's address in Prometheus. */
  readonly daemon: string;
  /** Name of an instance. */
  readonly name: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** Interval of a point; long enough for `$__rate_interval` as chosen by Grafana. */
const POINT_SECONDS = 10;

/** PromQL as sent by Grafana. Throws for a remaining unknown variable. */
export function asPromql(expression: string, { daemon, name, fromMs, toMs }: Chosen): string {
  return complete(
    expression
      .replaceAll("$__rate_interval", `${POINT_SECONDS}s`)
      .replaceAll("$__range", `${Math.ceil((toMs - fromMs) / 1000)}s`)
      .replaceAll("$job", "cloud-monitor")
      .replaceAll("$daemon", daemon)
      .replaceAll("$name", name),
  );
}

/** SQL as sent by Grafana's PostgreSQL plugin: macros expanded, names quoted. */
export function asSql(statement: string, { name, fromMs, toMs }: Chosen): string {
  return complete(
    statement
      .replaceAll("$__interval_ms", String(POINT_SECONDS * 1000))
      .replaceAll(
        /\$__timeGroupAlias\((\w+), \$__interval\)/g,
        `floor(extract(epoch from $1) / ${POINT_SECONDS}) * ${POINT_SECONDS} as "time"`,
      )
      .replaceAll(/\$__timeFilter\((\w+)\)/g, `$1 between ${quotedTime(fromMs)} and ${quotedTime(toMs)}`)
      .replaceAll("${name:sqlstring}", `'${name.replaceAll("'", "''")}'`),
  );
}

function complete(text: string): string {
  if (text.includes("$")) throw new Error(`a variable is left in: ${text}`);
  return text;
}

function quotedTime(ms: number): string {
  return `'${new Date(ms).toISOString()}'`;
}
