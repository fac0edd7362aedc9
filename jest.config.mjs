import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";

const SUMMARY_FILE = fileURLToPath(new URL("node_modules/.cache/test-summary", import.meta.url));

/** One jest project for the whole workspace: sources run as they are, through swc, as ES modules. */
export default {
  roots: ["<rootDir>/packages", "<rootDir>/tests"],
  testMatch: ["**/*.test.ts"],
  extensionsToTreatAsEsm: [".ts"],
  transform: {
    "^.+\\.ts$": [
      "@swc/jest",
      {
        jsc: {
          target: "es2024",
          parser: { syntax: "typescript" },
          // jest wants `with { type: "json" }` where JSON is imported.
          experimental: { keepImportAttributes: true },
        },
        module: { type: "es6" },
      },
    ],
  },
  testEnvironment: "node",
  testEnvironmentOptions: { customExportConditions: ["source", "node", "node-addons"] },
  // Nothing is written outside the checkout.
  cacheDirectory: fileURLToPath(new URL("node_modules/.cache/jest", import.meta.url)),
  modulePathIgnorePatterns: ["/dist/"],
  globalSetup: "<rootDir>/tests/support/global-setup.ts",
  globalTeardown: "<rootDir>/tests/support/global-teardown.ts",
  setupFilesAfterEnv: ["<rootDir>/tests/support/report-worker.mjs"],
  testSequencer: "<rootDir>/tests/support/slowest-first.mjs",
  reporters: [
    "default",
    "<rootDir>/tests/support/times-reporter.mjs",
    ["<rootDir>/tests/support/summary-reporter.mjs", { file: SUMMARY_FILE }],
  ],
  // The slow suites wait for other processes rather than compute.
  maxWorkers: 2 * availableParallelism(),
  coverageProvider: "v8",
  // A bound, not a waiting time: it ends only what hangs, on a machine however busy.
  testTimeout: 240_000,
};
