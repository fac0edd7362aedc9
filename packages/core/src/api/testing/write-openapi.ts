import { mkdirSync, writeFileSync } from "node:fs";
import { testApi } from "./test-api.ts";

/** Writes docs/openapi.json anew; run it after a change of the contract. */
await using api = await testApi();
const { json } = await api.call("GET", "/openapi.json");
// The version changes with each release, the contract does not.
json.info.version = "";
const docs = new URL("../../../../../docs/", import.meta.url);
mkdirSync(docs, { recursive: true });
writeFileSync(new URL("openapi.json", docs), `${JSON.stringify(json, null, 2)}\n`);
