import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

interface DocsFile {
  readonly type: string;
  read(): Promise<string | Buffer>;
}

const INDEX = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>cloud-monitor: API</title>
<link rel="icon" href="/docs/favicon-32x32.png">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="api"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/init.js"></script>
</body>
</html>
`;

const INIT = `SwaggerUIBundle({ url: "/openapi.json", dom_id: "#api", deepLinking: true, validatorUrl: null });
`;

/** The files of /docs: only this list, so no path of a request ever reaches the file system. */
export const DOCS_FILES: ReadonlyMap<string, DocsFile> = new Map([
  ["index.html", { type: "text/html; charset=utf-8", read: async () => INDEX }],
  ["init.js", { type: "text/javascript; charset=utf-8", read: async () => INIT }],
  ["swagger-ui.css", { type: "text/css; charset=utf-8", read: () => readPackaged("swagger-ui.css") }],
  [
    "swagger-ui-bundle.js",
    { type: "text/javascript; charset=utf-8", read: () => readPackaged("swagger-ui-bundle.js") },
  ],
  ["favicon-32x32.png", { type: "image/png", read: () => readPackaged("favicon-32x32.png") }],
]);

/** Located on first use: /docs is rarely opened, and a production image may omit the package. */
function readPackaged(name: string): Promise<Buffer> {
  const folder = dirname(createRequire(import.meta.url).resolve("swagger-ui-dist/package.json"));
  return readFile(join(folder, name));
}
