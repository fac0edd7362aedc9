#!/usr/bin/env node
import { existsSync } from "node:fs";

const bundle = new URL("../dist/main.js", import.meta.url);
if (existsSync(bundle)) {
  await import(bundle.href);
} else {
  process.stderr.write("cloud-monitor: found no packages/core/dist/main.js; build it with npm run build\n");
  process.exitCode = 1;
}
