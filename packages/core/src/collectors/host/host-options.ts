export type { HostOptions } from "../registry.ts";
