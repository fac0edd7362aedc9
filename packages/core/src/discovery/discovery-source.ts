import type { ErrorDetail } from "../model/errors.ts";
import type { NewInstance } from "../model/instance.ts";

/** Receives what a source finds; must not throw. */
export interface DiscoveryListener {
  /** All instances that the source has now; their names are unique. */
  found(instances: readonly NewInstance[]): void;
  /** The source cannot be read, or has something wrong: the last instances that were found stay. */
  failed(problems: readonly ErrorDetail[]): void;
}

/** Where instances come from: a stream of complete sets. */
export interface DiscoverySource {
  /** Stable; its instances have the source `discovery:<name>`. */
  readonly name: string;
  /** For people: a path, an address. */
  readonly location: string;
  start(listener: DiscoveryListener): void;
  /** What the instances are checked against is another: reads again. */
  recheck(): void;
  /** Idempotent. */
  stop(): void;
}
