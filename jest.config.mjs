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
  modulePathIgnorePatterns: ["/dist/"],
  globalSetup: "<rootDir>/tests/support/global-setup.ts",
  globalTeardown: "<rootDir>/tests/support/global-teardown.ts",
  reporters: ["default", ["<rootDir>/tests/support/summary-reporter.mjs", { file: SUMMARY_FILE }]],
  coverageProvider: "v8",
  testTimeout: 20_000,
};
