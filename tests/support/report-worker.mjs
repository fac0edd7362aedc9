/** Tells the times reporter which process runs this suite, and its CPU time so far. */
import { appendFileSync } from "node:fs";
import { expect } from "@jest/globals";
import { SUITES_FILE, cpuSecondsOf } from "./cpu-seconds.mjs";

const suite = { path: expect.getState().testPath, pid: process.pid, cpuSeconds: cpuSecondsOf(process.pid) };
appendFileSync(SUITES_FILE, `${JSON.stringify(suite)}\n`);
