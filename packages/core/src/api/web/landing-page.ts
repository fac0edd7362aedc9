import { createHash } from "node:crypto";

const STYLE = `
:root { color-scheme: light dark; --line: light-dark(#d8dee4, #373e47); --soft: light-dark(#57606a, #9aa4af); }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 42rem; margin: 3rem auto; padding: 0 1.25rem;
  color: light-dark(#1f2328, #e6edf3); background: light-dark(#ffffff, #15191e); }
h1 { font-size: 1.6rem; margin: 0; }
p { color: var(--soft); margin: .25rem 0 1.5rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .6rem 1.5rem; margin: 0; padding-top: 1.25rem; border-top: 1px solid var(--line); }
dt { font-family: ui-monospace, monospace; }
dd { margin: 0; color: var(--soft); }
a { color: light-dark(#0550ae, #6cb6ff); text-underline-offset: .2em; }
@media (max-width: 30rem) { dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .8rem; } }
`;

const LINKS: readonly (readonly [path: string, what: string])[] = [
  ["/metrics", "this host, the fleet and the daemon itself, for Prometheus"],
  ["/instances", "all watched instances, as JSON"],
  ["/metrics/0", "the latest values of this host, as JSON"],
  ["/health", "the health of the daemon, its storage and its threads"],
  ["/docs", "every route, interactively"],
  ["/openapi.json", "the same as an OpenAPI document"],
];

/** The one inline style is allowed by its hash; nothing else may load. */
export const LANDING_POLICY =
  `default-src 'none'; style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'; img-src data:; ` +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export function landingPage(version: string): string {
  const links = LINKS.map(([path, what]) => `<dt><a href="${path}">${path}</a></dt><dd>${what}</dd>`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>cloud-monitor</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<h1>cloud-monitor</h1>
<p>Version ${version}. It watches this host and its fleet.</p>
<dl>
${links.join("\n")}
</dl>
</body>
</html>
`;
}
