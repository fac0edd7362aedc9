/** Finds the end of one HTTP/1.1 response at a time; throws for any status but 200. */
export class ResponseReader {
  /** The server closes the connection after this response, for example because of its limit of requests per connection. */
  last = false;
  #left: number | "chunked" | null = null;
  #head = "";
  #tail = "";

  /** True when the response is complete. */
  take(chunk: Buffer): boolean {
    if (this.#left !== null) return this.#takeBody(chunk);
    this.#head += chunk.toString("latin1");
    const end = this.#head.indexOf("\r\n\r\n");
    if (end < 0) return false;
    const head = this.#head.slice(0, end + 2);
    const body = Buffer.from(this.#head.slice(end + 4), "latin1");
    this.#head = "";
    if (!head.startsWith("HTTP/1.1 200")) throw new Error(`answered ${head}`);
    this.last = /\r\nconnection: close\r\n/i.test(head);
    const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
    this.#left = length === undefined ? "chunked" : Number(length);
    return this.#takeBody(body);
  }

  #takeBody(body: Buffer): boolean {
    if (this.#left === "chunked") {
      this.#tail = (this.#tail + body.subarray(-7).toString("latin1")).slice(-7);
      if (!this.#tail.endsWith("\r\n0\r\n\r\n")) return false;
    } else {
      this.#left = (this.#left ?? 0) - body.length;
      if (this.#left > 0) return false;
    }
    this.#left = null;
    this.#tail = "";
    return true;
  }
}
