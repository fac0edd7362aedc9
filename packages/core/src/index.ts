/** Exports for benchmarks and for tests outside this package. The daemon starts from daemon/main.ts. */
export { columnFamily } from "./exposition/encoding/column-family.ts";
export { encodeInSlices } from "./exposition/encoding/encode-in-slices.ts";
export { KeptLines } from "./exposition/encoding/kept-lines.ts";
export { seriesBlock } from "./exposition/encoding/series-block.ts";
export { parseText } from "./collectors/scrape/text/parse-text.ts";
export { RememberedText } from "./collectors/scrape/text/remembered-text.ts";
export { TimeSlicer } from "./exposition/encoding/time-slicer.ts";
export { allocateBatch } from "./model/batch.ts";
export type { Batch } from "./model/batch.ts";
export { CORE_METRIC_NAMES, CORE_METRICS } from "./model/core-metrics.ts";
export { isCloudMonitorError } from "./model/errors.ts";
export { labelBlock } from "./model/label-text.ts";
export { silentLogger } from "./model/logger.ts";
export { systemClock, systemRandom, yieldToLoop } from "./platform/system-clock.ts";
export { PostgresStorage } from "./storage/postgres/postgres-storage.ts";
export { createPrivateServer, privateAddress } from "./storage/postgres/private-server.ts";
