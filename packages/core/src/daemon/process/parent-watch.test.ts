import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { Socket } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test } from "@jest/globals";

const FIXTURE = fileURLToPath(new URL("testing/parent-watch.fixture.ts", import.meta.url));

let child: ChildProcess;

afterEach(() => {
  child.kill("SIGKILL");
});

test("the closing of the parent's end of the pipe is reported once, and nothing before it", async () => {
  child = spawn(process.execPath, [FIXTURE], {
    stdio: ["ignore", "pipe", "inherit", "pipe"],
  });
  const lines: string[] = [];
  const output = createInterface({ input: child.stdout! }).on("line", (line) => lines.push(line));
  await once(output, "line");
  const linesBefore = [...lines];

  (child.stdio[3] as Socket).destroy();
  await once(output, "close");

  expect(linesBefore).toEqual(["watching"]);
  expect(lines).toEqual(["watching", "gone"]);
});
