import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { divertMessages, moveAddresses, shortenDurations } from "./shorten.mjs";

const SHIPPED = fileURLToPath(new URL("../../prometheus", import.meta.url));
/** A minute becomes two seconds. */
const FASTER = 30;

/**
 * Copies the shipped prometheus/ to `folder`, with only durations, addresses and paths of secrets changed, and returns
 * the files for both servers.
 */
export function writeConfiguration(folder, addresses) {
  cpSync(SHIPPED, folder, { recursive: true });
  const secrets = join(folder, "secrets");
  mkdirSync(secrets);
  const webhook = `http://${addresses.webhook}`;
  const secretFile = (key, path) => {
    const file = join(secrets, basename(path));
    writeFileSync(file, secretFor(key, `${webhook}/${basename(path)}`));
    return file;
  };
  for (const file of yamlFiles(folder)) rewrite(file, (yaml) => shortenDurations(yaml, FASTER));
  const moved = {
    "127.0.0.1:8080": addresses.daemon,
    "127.0.0.1:9090": addresses.prometheus,
    "127.0.0.1:9093": addresses.alertmanager,
  };
  const prometheus = rewrite(join(folder, "prometheus.yml"), (yaml) => moveAddresses(yaml, moved));
  const alertmanager = rewrite(join(folder, "alertmanager.yml"), (yaml) =>
    divertMessages(yaml, { mail: addresses.mail, webhook, secretFile }),
  );
  return { prometheus, alertmanager };
}

function yamlFiles(folder) {
  return readdirSync(folder, { recursive: true })
    .filter((path) => path.endsWith(".yml"))
    .map((path) => join(folder, path));
}

function rewrite(file, change) {
  writeFileSync(file, change(readFileSync(file, "utf8")));
  return file;
}

/** If a secret is a URL, like that of a Slack channel, it is the sink's; else it can be any text. */
function secretFor(key, url) {
  return key.endsWith("url_file") ? url : "demo";
}
