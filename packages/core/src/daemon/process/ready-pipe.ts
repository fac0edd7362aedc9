import { closeSync, writeSync } from "node:fs";

/** The variable with which `daemonize` passes its child the descriptor for reports; a process that has it does not detach again. */
export const READY_FD_VARIABLE = "CLOUD_MONITOR_READY_FD";

const READY = "ready\n";
const MESSAGE_BYTES_MAX = 4096;

/** Reports to the process at the other end that the daemon is ready. Call one of the two, once. */
export function reportReady(fd: number): void {
  writeSync(fd, READY);
  closeSync(fd);
}

/** Reports why the daemon exits. */
export function reportFailure(fd: number, message: string): void {
  writeSync(fd, Buffer.from(message).subarray(0, MESSAGE_BYTES_MAX));
  closeSync(fd);
}

/** Null when the report says ready, else its message; empty when the daemon exited without one. */
export function failureOf(report: string): string | null {
  return report === READY ? null : report.trim();
}
