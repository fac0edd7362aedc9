#!/usr/bin/env node
import { existsSync } from "node:fs";

const bundle = new URL("../dist/cloudctl.js", import.meta.url);
const found = process.versions.node;
if (Number.parseInt(found, 10) < 24) {
  // The bundle itself reports this, too, but an older Node may fail to link it.
  process.stderr.write(`cloudctl: found Node ${found}, wanted 24 or newer; in the checkout run: npx cloudctl\n`);
  process.exitCode = 1;
} else if (existsSync(bundle)) {
  await import(bundle.href);
} else {
  process.stderr.write("cloudctl: found no packages/cli/dist/cloudctl.js; build it with npm run build\n");
  process.exitCode = 1;
}
