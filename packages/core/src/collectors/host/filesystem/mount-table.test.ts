import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { ScratchFolder, filesOfTest, tickAt } from "../testing/collect-once.ts";
import { MountTable } from "./mount-table.ts";

const ROOT = "29 1 8:1 / / rw - ext4 /dev/sda1 rw\n";
const BUILD = "40 29 0:60 / /tmp/build rw - tmpfs x rw\n";
const SRV = "41 29 0:61 / /srv rw - tmpfs y rw\n";
const PRIVATE_TMP = "150 29 8:1 /t /tmp rw - ext4 /dev/sda1 rw\n";

test("an unchanged table gives the same mounts", () => {
  using machine = new Machine({ first: ROOT, own: ROOT });

  expect(machine.table.read(tickAt(5000))).toBe(machine.table.read(tickAt(0)));
});

test("what our own table lacks is not served, and is once our table has it", () => {
  using machine = new Machine({ first: ROOT + BUILD, own: ROOT + PRIVATE_TMP });
  const before = machine.places(0);
  machine.write({ first: ROOT + BUILD + SRV, own: ROOT + PRIVATE_TMP + SRV });
  const changed = machine.places(1000);

  machine.write({ first: ROOT + BUILD + SRV, own: ROOT + BUILD + SRV });

  expect([before, changed, machine.places(30_999), machine.places(31_000)]).toEqual([
    ["/"],
    ["/", "/srv"],
    ["/", "/srv"],
    ["/", "/tmp/build", "/srv"],
  ]);
});

test("if our own table cannot be read, all mounts of process 1 are served", () => {
  using machine = new Machine({ first: ROOT + BUILD });

  expect(machine.places(0)).toEqual(["/", "/tmp/build"]);
});

test("where only our own table can be read, that is served, and process 1's as soon as it can be read", () => {
  using machine = new Machine({ own: ROOT });
  const before = machine.places(0);

  machine.write({ first: ROOT + SRV, own: ROOT + SRV });

  expect([before, machine.places(1000)]).toEqual([["/"], ["/", "/srv"]]);
});

interface Tables {
  readonly first?: string;
  readonly own?: string;
}

class Machine {
  readonly #folder = new ScratchFolder();
  readonly #files = filesOfTest(join(this.#folder.path, "proc"));
  readonly table: MountTable;

  constructor(tables: Tables) {
    this.write(tables);
    const options = {
      rootfs: "/",
      filesystemMountPointsInclude: /(?!)/,
      filesystemMountPointsExclude: /^$/,
      filesystemTypesInclude: /(?!)/,
      filesystemTypesExclude: /^$/,
    };
    this.table = new MountTable(this.#files, options);
  }

  write({ first, own }: Tables): void {
    if (first !== undefined) this.#folder.write("proc/1/mountinfo", first);
    if (own !== undefined) this.#folder.write("proc/self/mountinfo", own);
  }

  places(atMs: number): string[] {
    return this.table.read(tickAt(atMs)).map(({ path }) => path);
  }

  [Symbol.dispose](): void {
    this.#files[Symbol.dispose]();
    this.#folder[Symbol.dispose]();
  }
}
