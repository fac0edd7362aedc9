import { describe, expect, test } from "@jest/globals";
import { SnapshotBuilder } from "./snapshot-builder.ts";

function read(builder: SnapshotBuilder, series: [string, string, number][], collector = "cpu") {
  builder.begin();
  for (const [name, labels, value] of series) builder.series(name, labels, value);
  builder.endSection(collector);
  return builder.finish(1_000)!;
}

describe("SnapshotBuilder", () => {
  test("returns the layout once while the series stay the same", () => {
    const builder = new SnapshotBuilder(7);

    const first = read(builder, [["node_load1", "", 1]]);
    const second = read(builder, [["node_load1", "", 2]]);

    expect(first.layout).toMatchObject({ version: 1, names: ["node_load1"], labels: [""] });
    expect(second.layout).toBeNull();
    expect([...second.values]).toEqual([2]);
  });

  test("returns a new layout when a series is added, removed, or changes a label", () => {
    const builder = new SnapshotBuilder(7);
    read(builder, [["node_disk_io_now", 'device="sda"', 1]]);

    const versions = [
      read(builder, [
        ["node_disk_io_now", 'device="sda"', 1],
        ["node_disk_io_now", 'device="sdb"', 1],
      ]),
      read(builder, [["node_disk_io_now", 'device="sdb"', 1]]),
      read(builder, [["node_disk_io_now", 'device="sdc"', 1]]),
    ].map((message) => message.layout?.version);

    expect(versions).toEqual([2, 3, 4]);
  });

  test("asks for the series of a whole snapshot once per key, and again after others were written", () => {
    const builder = new SnapshotBuilder(7);
    const described: string[] = [];
    const whole = (key: { readonly name: string }, value: number) => {
      builder.begin();
      const describe = () => {
        described.push(key.name);
        return { names: [key.name], labels: [""], families: [] };
      };
      builder.whole(key, describe, Float64Array.of(value));
      builder.endSection("scrape");
      return builder.finish(1_000)!;
    };
    const [a, b] = [{ name: "a" }, { name: "b" }];
    const written = [whole(a, 1), whole(a, 2), whole(b, 3), read(builder, [["up", "", 0]]), whole(b, 4)];

    expect(written.map(({ layout, values }) => [layout?.version, layout?.names, ...values])).toEqual([
      [1, ["a"], 1],
      [undefined, undefined, 2],
      [2, ["b"], 3],
      [3, ["up"], 0],
      [4, ["b"], 4],
    ]);
    expect(described).toEqual(["a", "b", "b"]);
    expect(written[0]!.layout!.sections).toEqual([{ collector: "scrape", start: 0, end: 1 }]);
  });

  test("omits what a failed collector wrote, and keeps the values of others apart", () => {
    const builder = new SnapshotBuilder(7);
    builder.begin();
    builder.series("node_load1", "", 1);
    builder.endSection("loadavg");
    builder.series("node_cpu_seconds_total", 'cpu="0"', 5);
    builder.failSection("cpu", "cannot read");
    builder.series("node_time_seconds", "", 9);
    builder.endSection("time");

    const message = builder.finish(0)!;

    expect(message.layout!.names).toEqual(["node_load1", "node_time_seconds"]);
    expect(message.layout!.sections).toEqual([
      { collector: "loadavg", start: 0, end: 1 },
      { collector: "time", start: 1, end: 2 },
    ]);
    expect([...message.values]).toEqual([1, 9]);
    expect(builder.failures).toEqual([
      { instanceId: 7, collector: "cpu", isPartial: false, isSlow: false, message: "cannot read" },
    ]);
  });

  test("a section of more series than any machine has fails, and the next one is kept", () => {
    const builder = new SnapshotBuilder(7);
    builder.begin();
    builder.series("node_load1", "", 1);
    builder.endSection("loadavg");

    const write = () => {
      for (let i = 0; i <= 250_000; i++) builder.series("m", "", i);
    };

    expect(write).toThrow("there are more than 250000 series");
    builder.failSection("cpu", "too many");
    expect([...builder.finish(0)!.values]).toEqual([1]);
  });

  test("grows with the snapshot", () => {
    const builder = new SnapshotBuilder(7);
    const series = Array.from({ length: 2_000 }, (_, i): [string, string, number] => ["m", `i="${i}"`, i]);

    const message = read(builder, series);

    expect(message.values).toHaveLength(2_000);
    expect(message.values[1_999]).toBe(1_999);
  });
});
