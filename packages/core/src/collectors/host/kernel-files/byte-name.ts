/**
 * The kernel's names (of mounts, interfaces, disks) are bytes in any encoding. Here such a name is a string with one
 * character per byte ("latin1"), as read by ProcFile: it distinguishes any two names, so it is the key of maps. System calls
 * get its bytes; only labels get text.
 */
export function bytesOf(name: string): Buffer {
  return Buffer.from(name, "latin1");
}

/** The name decoded as UTF-8. Invalid bytes become U+FFFD, one per run of bytes as in node_exporter; a U+FFFD that is there stays. */
export function textOf(name: string): string {
  return isAscii(name) ? name : name.split(REPLACEMENT).map(decode).join("\uFFFD");
}

/** The bytes of U+FFFD. */
const REPLACEMENT = "\xef\xbf\xbd";

function decode(name: string): string {
  return bytesOf(name)
    .toString("utf8")
    .replace(/\uFFFD+/g, "\uFFFD");
}

/** The name for this text on a system that uses UTF-8. */
export function byteNameOf(text: string): string {
  return isAscii(text) ? text : Buffer.from(text, "utf8").toString("latin1");
}

function isAscii(text: string): boolean {
  return /^[\0-\x7f]*$/.test(text);
}
