import type { ErrorDetail } from "../model/errors.ts";
import type { Setting } from "./setting.ts";

/** One value as a source gave it, not parsed yet. */
export interface GivenValue {
  readonly setting: Setting;
  readonly text: string;
  /** `--http-port`, `environment HTTP_PORT`, `.env:3`, `cloud-monitor.yaml:12`. */
  readonly place: string;
  /** `text` names a file whose content is the value. */
  readonly isFile: boolean;
  /** The file that holds it, when others must not read it there. */
  readonly heldIn?: SourceFile;
}

/** A file that was read, with its permissions. */
export interface SourceFile {
  readonly path: string;
  readonly mode: number;
}

/** What one source gave: at most one value a setting. */
export interface SourceReading {
  readonly values: readonly GivenValue[];
  readonly problems: readonly ErrorDetail[];
}
