import { entriesOf } from "../kernel-files/sysfs.ts";

/** The N of the folders `cpuN`, ascending. */
export function cpuNumbers(folder: string): string[] {
  const numbers = entriesOf(folder).flatMap((name) => /^cpu(\d+)$/.exec(name)?.[1] ?? []);
  return numbers.sort((a, b) => Number(a) - Number(b));
}

/** The numbers of a list such as `0-2,7` (cpuset(7), list format). Parts that are none are skipped. */
export function parseCpuList(text: string): number[] {
  return text
    .trim()
    .split(",")
    .flatMap((part) => {
      const [, first, last] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(part) ?? [];
      if (first === undefined) return [];
      const from = Number(first);
      const length = Number(last ?? first) - from + 1;
      return length > 0 ? Array.from({ length }, (_, index) => from + index) : [];
    });
}
