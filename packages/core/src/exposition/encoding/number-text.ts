/**
 * A sample value as node_exporter writes it: the shortest digits that parse to the same double, with an exponent of
 * at least two digits when the decimal exponent is below -4 or above 5, else plain.
 */
export function numberText(value: number): string {
  const size = Math.abs(value);
  if (size < 1e6 && (size >= 1e-4 || size === 0)) return `${value}`;
  if (size === Number.POSITIVE_INFINITY) return value > 0 ? "+Inf" : "-Inf";
  if (Number.isNaN(value)) return "NaN";
  return padExponent(value.toExponential());
}

/** `1.5e+6` to `1.5e+06`; three digits stay. */
function padExponent(text: string): string {
  const digitsAt = text.indexOf("e") + 2;
  return text.length - digitsAt >= 2 ? text : `${text.slice(0, digitsAt)}0${text.slice(digitsAt)}`;
}
