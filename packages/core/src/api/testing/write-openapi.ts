import { mkdirSync, writeFileSync } from "node:fs";
import { testApi } from "./test-api.ts";

/** Regenerates docs/openapi.json; run it after a change of the API. */
await using api = await testApi();
const { json } = await api.call("GET", "/openapi.json");
// The version changes with each release, the API does not.
json.info.version = "";
const docs = new URL("../../../../../docs/", import.meta.url);
mkdirSync(docs, { recursive: true });
writeFileSync(new URL("openapi.json", docs), `${JSON.stringify(json, null, 2)}\n`);
