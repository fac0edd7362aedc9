import { UsageError } from "../usage-error.ts";
import { literal } from "./normalize-words.ts";

/**
 * A coerce function for an option with one value: yargs passes a list when it is given twice.
 * yargs calls it only if there is a value.
 */
export function once<T>(name: string, parse: (text: string) => T): (value: string) => T {
  return (value: unknown) => {
    if (Array.isArray(value))
      throw new UsageError(`${name} is given twice, with "${value.join('" and "')}"; give it once`);
    return naming(name, () => parse(literal(String(value))));
  };
}

/** The same for an option that may be repeated: `parse` gets all values. */
export function each<T>(name: string, parse: (texts: string[]) => T): (values: string[]) => T {
  return (values) => naming(name, () => parse(values.map(literal)));
}

/** `--limit: "0" is not a number above 0`. */
function naming<T>(name: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new UsageError(`${name}: ${Error.isError(error) ? error.message : String(error)}`);
  }
}
