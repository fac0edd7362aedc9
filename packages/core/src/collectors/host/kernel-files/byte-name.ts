/**
 * The kernel's names (of mounts, interfaces, disks) are bytes, in whatever encoding who made them used. Here such a name is a
 * string of one character a byte ("latin1"), which is what ProcFile reads: it tells any two names apart, so it is the key of
 * maps. System calls get its bytes; only labels get text.
 */
export function bytesOf(name: string): Buffer {
  return Buffer.from(name, "latin1");
}

/** The name's text as UTF-8. What is none becomes U+FFFD, one for a run of bytes as in node_exporter. */
export function textOf(name: string): string {
  return isAscii(name)
    ? name
    : bytesOf(name)
        .toString("utf8")
        .replace(/\uFFFD+/g, "\uFFFD");
}

/** The name that this text has on a system that uses UTF-8. */
export function byteNameOf(text: string): string {
  return isAscii(text) ? text : Buffer.from(text, "utf8").toString("latin1");
}

function isAscii(text: string): boolean {
  return /^[\0-\x7f]*$/.test(text);
}
