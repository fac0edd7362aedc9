import { once } from "node:events";
import { createServer } from "node:http";
import { json } from "node:stream/consumers";

/** An HTTP server on loopback that accepts what Alertmanager posts: `onPost` gets the JSON. */
export async function startWebhookSink(onPost) {
  const respond = async (request, response) => {
    try {
      onPost(await json(request));
      response.end("ok");
    } catch {
      response.writeHead(400).end("wanted JSON\n");
    }
  };
  const server = createServer((request, response) => void respond(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    async stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}
