import { createClient, type Instance } from "@cloud-monitor/client";
import type { ProcessContext } from "../process-context.ts";
import { connectionOf } from "../connection.ts";
import { printable } from "../format/printable.ts";

/** A user is waiting after pressing Tab. */
const TIMEOUT_MS = 1_000;

/** Ids for the last word, with the name if the shell shows one; none when the daemon does not respond. */
export async function completeInstanceIds(words: readonly string[], context: ProcessContext): Promise<string[]> {
  if (!wantsId(words)) return [];
  try {
    const instances = await firstInstances(words, context);
    return instances.map((instance) => suggestion(instance, context.env["SHELL"] ?? ""));
  } catch {
    // A message would appear in the middle of the line being typed; the command itself will report it.
    return [];
  }
}

/** `remove` takes any number of ids, `metrics` and `history` one. */
export function wantsId(words: readonly string[]): boolean {
  const at = words.findIndex((word) => ["remove", "metrics", "history"].includes(word));
  const before = words.slice(at + 1, -1);
  if (at < 0 || at === words.length - 1 || words.at(-1)?.startsWith("-") || before.at(-1)?.startsWith("-"))
    return false;
  return words[at] === "remove" || before.every((word) => word.startsWith("-"));
}

async function firstInstances(words: readonly string[], { env, signal }: ProcessContext): Promise<Instance[]> {
  const given = { url: valueOf("--url", words), token: valueOf("--token", words) };
  const client = createClient({ ...connectionOf(given, env), signal, timeoutMs: TIMEOUT_MS });
  try {
    return (await client.listInstances({ limit: 100 })).items;
  } finally {
    await client.close();
  }
}

function valueOf(option: string, words: readonly string[]): string | undefined {
  const at = words.lastIndexOf(option);
  return at < 0 ? undefined : words[at + 1];
}

function suggestion({ id, name }: Instance, shell: string): string {
  if (shell.endsWith("zsh")) return `${id}:${printable(name)}`;
  return shell.endsWith("fish") ? `${id}\t${printable(name)}` : String(id);
}
