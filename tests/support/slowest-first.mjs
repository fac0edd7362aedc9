/** Suites of more than ten seconds, mostly waiting. Started last, one of them would prolong the run. */
const SLOWEST = [
  "tests/systemd/booted",
  "packages/private-postgres/src/private-server-users",
  "packages/private-postgres/src/private-server",
  "tests/demo/alerts-arrive",
  "tests/fault/threads",
  "tests/fault/row-accounting",
  "tests/fault/database-away",
  "tests/daemon/cloudctl",
  "tests/daemon/lifecycle",
  "tests/grafana/data",
  "packages/core/src/collection/pipeline",
];

/** The order of the suites: these, then the rest, largest file first. jest needs a default export here. */
// oxlint-disable-next-line import/no-default-export
export default class SlowestFirst {
  sort(tests) {
    return tests.toSorted((a, b) => rank(a.path) - rank(b.path) || sizeOf(b) - sizeOf(a));
  }

  shard(tests) {
    return tests;
  }

  allFailedTests(tests) {
    return tests;
  }

  cacheResults() {}
}

function rank(path) {
  const index = SLOWEST.findIndex((suite) => path.endsWith(`/${suite}.test.ts`));
  return index === -1 ? SLOWEST.length : index;
}

function sizeOf({ context, path }) {
  return context.hasteFS.getSize(path) ?? 0;
}
