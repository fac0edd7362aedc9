import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A request received by a test's server. */
export interface SeenRequest {
  /** `GET /health`. */
  line: string;
  authorization: string | undefined;
  body: unknown;
}

export interface RecordedResponse {
  status: number;
  headers?: Record<string, string>;
  body?: unknown;
}

export interface RecordedServer {
  url: string;
  seen: SeenRequest[];
  stop(): Promise<void>;
}

/** A loopback server for tests that returns responses in order, repeating the last one; without any it never responds. */
export async function startRecordedServer(answers: readonly RecordedResponse[]): Promise<RecordedServer> {
  const seen: SeenRequest[] = [];
  const server = createServer((request, response) => {
    let text = "";
    request.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
    request.on("end", () => {
      const answer = answers[Math.min(seen.length, answers.length - 1)];
      const body: unknown = text === "" ? undefined : JSON.parse(text);
      seen.push({ line: `${request.method} ${request.url}`, authorization: request.headers.authorization, body });
      if (answer === undefined) return;
      response.writeHead(answer.status, answer.headers);
      response.end(typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
