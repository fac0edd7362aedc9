/**
 * The daemon's address, checked once and without a trailing slash.
 * @throws TypeError when it is not an http(s) URL, or has a user, a password, a query or a fragment.
 */
export function baseUrl(url: string): string {
  const parsed = URL.parse(url);
  if (parsed === null || !["http:", "https:"].includes(parsed.protocol)) {
    throw new TypeError(`"${withoutSecrets(url)}" is not an address; give one such as http://127.0.0.1:8080`);
  }
  if (parsed.username !== "" || parsed.password !== "") {
    throw new TypeError(
      `the address of ${parsed.host} carries a user or password; give the bearer token apart from it`,
    );
  }
  if (parsed.search !== "" || parsed.hash !== "") {
    throw new TypeError(`the address ${parsed.origin} has a query or a fragment; leave it out`);
  }
  return (parsed.origin + parsed.pathname).replace(/\/+$/, "");
}

/** The text before an `@` may be a password. */
function withoutSecrets(url: string): string {
  return url.replace(/^.*@/, "...@");
}
