/** What one request, one connection and one answer may cost. Documented in docs/api.md. */
export const LIMITS = {
  bodyBytesMax: 64 * 1024,
  /** 10,000 instances of 400 bytes each. */
  bulkBodyBytesMax: 4 * 1024 * 1024,
  /** JSON.parse of 1 MiB of nested arrays was measured to hold the loop for 91 ms. */
  bodyDepthMax: 32,
  headerBytesMax: 16 * 1024,
  headersMax: 100,
  connectionsMax: 2_000,
  /** Of one client, by its address; a /64 of IPv6 is one client. */
  connectionsPerClientMax: 256,
  /** Of connectionsMax, for clients with fewer connections than the next line has it: probes and scrapers. */
  connectionsReserve: 100,
  connectionsReservedPerClient: 4,
  /** For so long a new connection is not taken for a silent one. */
  connectionNewMs: 1_000,
  /** A request that takes longer may lose its connection to a new one when there is no place left. */
  connectionBusyMs: 5_000,
  requestsPerConnectionMax: 1_000,
  headersTimeoutMs: 5_000,
  requestTimeoutMs: 15_000,
  /** How often Node looks for the two timeouts above. */
  connectionsCheckMs: 1_000,
  /** A connection on which nothing moves, in either direction. */
  idleTimeoutMs: 75_000,
  /** Longer than the usual scrape interval of 15 s to 60 s, so that a scraper keeps its connection. */
  keepAliveMs: 65_000,
  renderingsMax: 4,
  /** From the first byte of an answer to its last. */
  answerMs: 60_000,
  /** While an answer is being sent: how long a reader may take nothing. */
  writeStallMs: 29_000,
  /** How often the two limits above are looked at. */
  answersCheckMs: 1_000,
  /** Of all bodies that wait for their readers; a shared one counts once. */
  answersBytesMax: 64 * 1024 * 1024,
  /** Bad fields named in one answer. */
  fieldErrorsMax: 50,
  listDefault: 100,
  listMax: 1_000,
  profileSecondsMax: 60,
  firstSampleWaitMs: 1_000,
} as const;
