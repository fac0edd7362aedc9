import { Socket } from "node:net";

/** The variable by which `scripts/run.mjs` tells the daemon which descriptor to watch. */
export const PARENT_FD_VARIABLE = "CLOUD_MONITOR_PARENT_FD";

/**
 * Calls `onGone` once, when the process that started us is gone: it holds the other end of a pipe, writes nothing, and the
 * kernel closes that end however it dies. Without this a SIGKILL of `npm start` would leave the daemon behind.
 * The returned function ends the watch; the watch alone keeps no process alive.
 */
export function watchParent(fd: number, onGone: () => void): () => void {
  const socket = new Socket({ fd, readable: true, writable: false });
  socket.once("close", onGone);
  // A reset connection is the same news; "close" follows.
  socket.on("error", () => {});
  socket.resume();
  socket.unref();
  return () => {
    socket.removeListener("close", onGone);
    socket.destroy();
  };
}
