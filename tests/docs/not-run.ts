/** Commands of the pages that `commands.test.ts` does not run, and why; each has another test, or changes the machine. */
export const NOT_RUN: Readonly<Record<string, string>> = {
  "npm start": "does not end; tests/scripts/run.test.ts starts and stops it",
  "npm test": "is what runs this test",
  "npm run format": "writes the sources; npm test checks the format",
  "npm run lint": "is a step of npm test",
  "npm run types": "is a step of npm test",
  "npm run unused": "is a step of npm test",
  "npm run docs": "writes the sources; tests compare the tables",
  "node scripts/repeat-tests.mjs --suites 3 --whole 0 --only tests/fault":
    "takes minutes; tests/scripts/repeat-tests.test.ts runs it",
  "scripts/demo-stack.sh": "takes half a minute; tests/demo runs it",
  "sudo scripts/install.sh": "changes the machine; tests/systemd runs it in a booted one",
};
