import type { ErrorDetail } from "../model/errors.ts";
import type { Setting } from "./setting.ts";

/** A value from a source, not yet parsed. */
export interface GivenValue {
  readonly setting: Setting;
  readonly text: string;
  /** `--http-port`, `environment HTTP_PORT`, `.env:3`, `cloud-monitor.yaml:12`. */
  readonly place: string;
  /** `text` names a file whose content is the value. */
  readonly isFile: boolean;
  /** The file that contains it, if others must not read it there. */
  readonly heldIn?: SourceFile;
}

/** A file that was read, with its permissions. */
export interface SourceFile {
  readonly path: string;
  readonly mode: number;
}

/** The values of one source: at most one per setting. */
export interface SourceReading {
  readonly values: readonly GivenValue[];
  readonly problems: readonly ErrorDetail[];
}
