import { Socket } from "node:net";

/** The variable with which `scripts/run.mjs` passes the descriptor to watch. */
export const PARENT_FD_VARIABLE = "CLOUD_MONITOR_PARENT_FD";

/**
 * Calls `onGone` once, when the process that started us has exited: it holds the other end of a pipe, writes nothing, and
 * the kernel closes that end however it dies. Without this the daemon would survive a SIGKILL of `npm start`.
 * The returned function stops the watch; the watch does not keep the process alive.
 */
export function watchParent(fd: number, onGone: () => void): () => void {
  const socket = new Socket({ fd, readable: true, writable: false });
  socket.once("close", onGone);
  // A reset connection means the same; "close" follows.
  socket.on("error", () => {});
  socket.resume();
  socket.unref();
  return () => {
    socket.removeListener("close", onGone);
    socket.destroy();
  };
}
