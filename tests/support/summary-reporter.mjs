import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Leaves `N passed, N failed, N skipped` in a file, for `.ci/run` to print last. Under CI a skipped test fails the run: it
 * would be a promise that nobody keeps. jest wants a default export here.
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
