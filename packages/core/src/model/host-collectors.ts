/** The collectors of this host by name, in alphabetical order: what may be turned off, and what `collect[]` takes. */
export const HOST_COLLECTORS = [
  "cpu",
  "diskstats",
  "filesystem",
  "loadavg",
  "meminfo",
  "netdev",
  "stat",
  "time",
  "uname",
  "uptime",
] as const;
