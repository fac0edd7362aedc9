import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Writes `N passed, N failed, N skipped` to a file, which `.ci/run` prints last. In CI a skipped test fails the run: it would
 * be an untested promise. jest needs a default export here.
 */
// oxlint-disable-next-line import/no-default-export
export default class SummaryReporter {
  #file;
  #error;

  constructor(_globalConfig, options) {
    this.#file = options.file;
  }

  onRunComplete(_contexts, results) {
    const skipped = results.numPendingTests + results.numTodoTests;
    // A suite that could not be loaded has no tests to count.
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    mkdirSync(dirname(this.#file), { recursive: true });
    writeFileSync(this.#file, `${results.numPassedTests} passed, ${failed} failed, ${skipped} skipped\n`);
    if (process.env.CI === "true" && skipped > 0) this.#error = new Error(`${skipped} tests were skipped under CI`);
  }

  getLastError() {
    return this.#error;
  }
}
