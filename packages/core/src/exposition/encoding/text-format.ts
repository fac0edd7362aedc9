/** `text`: Prometheus 0.0.4. `openmetrics`: OpenMetrics 1.0. */
export const TEXT_FORMATS = ["text", "openmetrics"] as const;
export type TextFormat = (typeof TEXT_FORMATS)[number];

export const CONTENT_TYPES: Readonly<Record<TextFormat, string>> = {
  text: "text/plain; version=0.0.4; charset=utf-8",
  openmetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8",
};
