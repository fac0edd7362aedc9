import type { MetricDefinition } from "./definition.ts";

/** Looks up the definition of a served family; one for each metric name, exact names before patterns. */
export class Catalogue {
  readonly definitions: readonly MetricDefinition[];
  readonly #exact = new Map<string, MetricDefinition>();
  readonly #patterns: { readonly pattern: RegExp; readonly definition: MetricDefinition }[] = [];

  constructor(definitions: readonly MetricDefinition[]) {
    this.definitions = definitions;
    for (const definition of definitions) {
      if (this.#exact.has(definition.name)) throw new Error(`metric ${definition.name} is defined twice`);
      this.#exact.set(definition.name, definition);
      if (definition.name.includes("{field}")) {
        const pattern = new RegExp(`^${definition.name.replace("{field}", "[A-Za-z0-9_]+")}$`);
        this.#patterns.push({ pattern, definition });
      }
    }
  }

  find(name: string): MetricDefinition | undefined {
    return this.#exact.get(name) ?? this.#patterns.find(({ pattern }) => pattern.test(name))?.definition;
  }
}
