/** The parts of a connection URI, decoded; empty ones are empty texts. */
export interface ConnectionUri {
  readonly user: string;
  readonly password: string;
  readonly host: string;
  readonly port: string;
  readonly database: string;
  /** If a parameter is given twice, the last one counts. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** What is wrong with a URI, without repeating any part of it: in a broken one, a password may be anywhere. */
export class UriFault extends Error {}

/** What is wrong with a parameter, and what is wanted. */
export class ParameterFault extends UriFault {}

const SCHEME = /^postgres(?:ql)?:\/\//;

/**
 * Splits a PostgreSQL connection URI as libpq does (postgresql.org/docs/current/libpq-connect.html, "Connection URIs").
 * The URL standard is stricter and different: it refuses `user:password@/database`, treats `#` as a fragment and the last
 * `@` as the end of the password. Throws `UriFault`.
 */
export function splitConnectionUri(text: string): ConnectionUri {
  if (!SCHEME.test(text)) {
    throw new UriFault(
      /^[a-z][a-z0-9+.-]*:\/\//i.test(text)
        ? "the scheme is not postgresql: or postgres:"
        : "it does not begin with postgresql://",
    );
  }
  const rest = text.replace(SCHEME, "");
  // Credentials are the part before an @ that no slash precedes.
  const end = rest.search(/[@/]/);
  const hasCredentials = rest[end] === "@";
  const credentials = hasCredentials ? rest.slice(0, end) : "";
  const colon = credentials.indexOf(":");
  const [user, password] = colon < 0 ? [credentials, ""] : [credentials.slice(0, colon), credentials.slice(colon + 1)];
  return {
    user: decoded("user", user),
    password: decoded("password", password),
    ...splitTarget(hasCredentials ? rest.slice(end + 1) : rest),
  };
}

function splitTarget(text: string): Pick<ConnectionUri, "host" | "port" | "database" | "parameters"> {
  const question = text.indexOf("?");
  const target = question < 0 ? text : text.slice(0, question);
  const slash = target.indexOf("/");
  const authority = slash < 0 ? target : target.slice(0, slash);
  const path = slash < 0 ? "" : target.slice(slash + 1);
  if (path.includes("/")) {
    throw new UriFault("the path has more than the database name; encode / in a name or a password as %2F");
  }
  if (authority.includes("@")) {
    throw new UriFault("the host contains an @; encode @ in a user or a password as %40");
  }
  if (authority.includes(",")) throw new UriFault("there are several hosts, of which only one is supported");
  const database = decoded("database name", path);
  return {
    ...splitAuthority(authority),
    database,
    parameters: parametersOf(question < 0 ? "" : text.slice(question + 1)),
  };
}

function splitAuthority(authority: string): { host: string; port: string } {
  const bracketed = /^\[([^\]]*)\](?::(.*))?$/.exec(authority);
  if (bracketed !== null) {
    const [, host = "", port = ""] = bracketed;
    if (host === "") throw new UriFault("the IPv6 address is empty");
    return { host: decoded("host", host), port: decoded("port", port) };
  }
  if (/[[\]]/.test(authority)) throw new UriFault("the host has an unbalanced bracket");
  const colon = authority.indexOf(":");
  const [host, port] = colon < 0 ? [authority, ""] : [authority.slice(0, colon), authority.slice(colon + 1)];
  return { host: decoded("host", host), port: decoded("port", port) };
}

function parametersOf(query: string): ReadonlyMap<string, string> {
  if (query === "") return new Map();
  return new Map(
    query.split("&").map((pair, index) => {
      const parts = pair.split("=");
      if (parts.length !== 2) throw new ParameterFault(`parameter ${index + 1} is not name=value`);
      const [name = "", value = ""] = parts;
      return [decoded("parameter", name), decoded("parameter", value)];
    }),
  );
}

/** Only `%XX` is an escape; a plus is literal. */
function decoded(part: string, text: string): string {
  if (/%(?![0-9a-f]{2})/i.test(text)) throw new UriFault(`the ${part} has a % that is not part of a %XX escape`);
  if (/%00|\0/.test(text)) throw new UriFault(`the ${part} has a zero byte`);
  try {
    return decodeURIComponent(text);
  } catch {
    throw new UriFault(`the ${part} has escapes that are not UTF-8`);
  }
}
