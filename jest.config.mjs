/** One jest project for the whole workspace: sources run as they are, through swc, as ES modules. */
export default {
  roots: ["<rootDir>/packages", "<rootDir>/tests"],
  testMatch: ["**/*.test.ts"],
  extensionsToTreatAsEsm: [".ts"],
  transform: {
    "^.+\\.ts$": [
      "@swc/jest",
      { jsc: { target: "es2024", parser: { syntax: "typescript" } }, module: { type: "es6" } },
    ],
  },
  testEnvironment: "node",
  testEnvironmentOptions: { customExportConditions: ["source", "node", "node-addons"] },
  modulePathIgnorePatterns: ["/dist/"],
  coverageProvider: "v8",
  testTimeout: 20_000,
};
