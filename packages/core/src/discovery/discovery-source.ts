import type { ErrorDetail } from "../model/errors.ts";
import type { NewInstance } from "../model/instance.ts";
import type { RelabelledTarget } from "./jobs/target-of.ts";

/** Receives what a source finds; must not throw. */
export interface DiscoveryListener {
  /** All instances that the source has now; their names are unique. An instance that did not change is the same object. */
  found(instances: readonly NewInstance[], problems?: readonly ErrorDetail[]): void;
  /** It was read again, and nothing has changed. */
  confirmed(): void;
  /** The source cannot be read, or has something wrong: the last instances that were found stay. */
  failed(problems: readonly ErrorDetail[]): void;
}

/** What a source has, if it is asked now. */
export interface SourceLook {
  readonly targets: number;
  readonly instances: readonly NewInstance[];
  readonly problems: readonly string[];
  /** False when a part of it cannot be read: then nothing would change. */
  readonly isComplete: boolean;
}

/** Where instances come from: a stream of complete sets. */
export interface DiscoverySource {
  /** Stable; its instances have the source `discovery:<name>`. */
  readonly name: string;
  /** For people: a path, an address. */
  readonly location: string;
  start(listener: DiscoveryListener): void;
  /** What it finds, at most `limit`. A source of instances has no targets. */
  targets?(limit: number): Promise<readonly RelabelledTarget[]>;
  /** Only of a source of targets. */
  look?(): Promise<SourceLook>;
  /** What the instances are checked against is another: reads again. */
  recheck(): void;
  /** Idempotent. */
  stop(): void;
}
