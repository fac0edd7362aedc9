/** Limits of a request, a connection and a response. Documented in docs/api.md. */
export const LIMITS = {
  bodyBytesMax: 64 * 1024,
  /** 10,000 instances of 400 bytes each. */
  bulkBodyBytesMax: 4 * 1024 * 1024,
  /** JSON.parse of 1 MiB of nested arrays was measured to block the event loop for 91 ms. */
  bodyDepthMax: 32,
  headerBytesMax: 16 * 1024,
  headersMax: 100,
  connectionsMax: 2_000,
  /** Per client, by address; a /64 of IPv6 is one client. */
  connectionsPerClientMax: 256,
  /** Part of connectionsMax reserved for clients with fewer connections than the next limit: probes and scrapers. */
  connectionsReserve: 100,
  connectionsReservedPerClient: 4,
  /** Time before a new connection counts as silent. */
  connectionNewMs: 1_000,
  /** A request that takes longer may lose its connection to a new one at the limit. */
  connectionBusyMs: 5_000,
  requestsPerConnectionMax: 1_000,
  headersTimeoutMs: 5_000,
  requestTimeoutMs: 15_000,
  /** How often Node checks the two timeouts above. */
  connectionsCheckMs: 1_000,
  /** A connection without traffic in either direction. */
  idleTimeoutMs: 75_000,
  /** Longer than the usual scrape interval of 15 s to 60 s, so that a scraper keeps its connection. */
  keepAliveMs: 65_000,
  renderingsMax: 4,
  /** From the first byte of a response to its last. */
  answerMs: 60_000,
  /** While a response is sent: how long the client may read nothing. */
  writeStallMs: 29_000,
  /** How often the two limits above are checked. */
  responsesCheckMs: 1_000,
  /** Of all bodies not yet read by their clients; a shared one counts once. */
  unreadBytesMax: 64 * 1024 * 1024,
  /** Of one stream: beyond it the connection is closed. */
  streamUnreadBytesMax: 1024 * 1024,
  /** Maximum number of invalid fields in one response. */
  fieldErrorsMax: 50,
  listDefault: 100,
  listMax: 1_000,
  profileSecondsMax: 60,
  firstSampleWaitMs: 1_000,
  /** For a collection out of turn. */
  collectWaitMs: 12_000,
  /** Values listed per label. */
  labelValuesMax: 1_000,
} as const;
