#!/usr/bin/env node
import { existsSync } from "node:fs";

const bundle = new URL("../dist/cloudctl.js", import.meta.url);
if (existsSync(bundle)) {
  await import(bundle.href);
} else {
  process.stderr.write("cloudctl: found no packages/cli/dist/cloudctl.js; build it with npm run build\n");
  process.exitCode = 1;
}
