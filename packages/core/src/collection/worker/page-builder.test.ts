import { describe, expect, test } from "@jest/globals";
import { PageBuilder } from "./page-builder.ts";

function read(builder: PageBuilder, series: [string, string, number][], collector = "cpu") {
  builder.begin();
  for (const [name, labels, value] of series) builder.series(name, labels, value);
  builder.keepSection(collector);
  return builder.finish(1_000);
}

describe("PageBuilder", () => {
  test("sends the layout once while the series stay the same", () => {
    const builder = new PageBuilder();

    const first = read(builder, [["node_load1", "", 1]]);
    const second = read(builder, [["node_load1", "", 2]]);

    expect(first.layout).toMatchObject({ version: 1, names: ["node_load1"], labels: [""] });
    expect(second.layout).toBeNull();
    expect([...second.values]).toEqual([2]);
  });

  test("sends a new layout when a series comes, goes, or changes a label", () => {
    const builder = new PageBuilder();
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

  test("leaves out what a failed collector wrote, and keeps its neighbours' values apart", () => {
    const builder = new PageBuilder();
    builder.begin();
    builder.series("node_load1", "", 1);
    builder.keepSection("loadavg");
    builder.series("node_cpu_seconds_total", 'cpu="0"', 5);
    builder.dropSection();
    builder.series("node_time_seconds", "", 9);
    builder.keepSection("time");

    const message = builder.finish(0);

    expect(message.layout!.names).toEqual(["node_load1", "node_time_seconds"]);
    expect(message.layout!.sections).toEqual([
      { collector: "loadavg", start: 0, end: 1 },
      { collector: "time", start: 1, end: 2 },
    ]);
    expect([...message.values]).toEqual([1, 9]);
  });

  test("grows with the page", () => {
    const builder = new PageBuilder();
    const series = Array.from({ length: 2_000 }, (_, i): [string, string, number] => ["m", `i="${i}"`, i]);

    const message = read(builder, series);

    expect(message.values).toHaveLength(2_000);
    expect(message.values[1_999]).toBe(1_999);
  });
});
