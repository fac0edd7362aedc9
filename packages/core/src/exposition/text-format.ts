/** `text`: Prometheus 0.0.4. `openmetrics`: OpenMetrics 1.0. */
export const TEXT_FORMATS = ["text", "openmetrics"] as const;
export type TextFormat = (typeof TEXT_FORMATS)[number];

export const CONTENT_TYPES: Readonly<Record<TextFormat, string>> = {
  text: "text/plain; version=0.0.4; charset=utf-8",
  openmetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8",
};

const NEVER = 0;

/**
 * The format that an Accept header wants most (RFC 9110, 12.5.1); text when it wants neither or there is none, because a
 * scraper can do more with a page than with 406. A version that we do not write counts as not asked for.
 */
export function negotiate(accept: string | undefined): TextFormat {
  const wanted: Record<TextFormat, number> = { text: NEVER, openmetrics: NEVER };
  for (const range of (accept ?? "").split(",")) {
    const { type, version, quality } = parseRange(range);
    const format = formatOf(type, version);
    if (format !== null) wanted[format] = Math.max(wanted[format], quality);
  }
  return wanted.openmetrics > NEVER && wanted.openmetrics >= wanted.text ? "openmetrics" : "text";
}

function formatOf(type: string, version: string | undefined): TextFormat | null {
  switch (type) {
    case "application/openmetrics-text":
      return version === undefined || version === "1.0.0" ? "openmetrics" : null;
    case "text/plain":
      return version === undefined || version === "0.0.4" ? "text" : null;
    // A wildcard is no wish for the richer format: browsers and curl send it.
    case "text/*":
    case "*/*":
      return "text";
    default:
      return null;
  }
}

function parseRange(range: string): { type: string; version: string | undefined; quality: number } {
  const [type = "", ...parameters] = range.split(";").map((part) => part.trim());
  const byName = new Map(parameters.map((parameter) => parseParameter(parameter)));
  const quality = Number(byName.get("q") ?? "1");
  return {
    type: type.toLowerCase(),
    version: byName.get("version"),
    quality: quality >= 0 && quality <= 1 ? quality : NEVER,
  };
}

function parseParameter(parameter: string): [string, string] {
  const [name = "", value = ""] = parameter.split("=", 2);
  return [name.trim().toLowerCase(), value.trim().replaceAll('"', "")];
}
