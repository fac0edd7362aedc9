import { expect, test } from "@jest/globals";
import { loadConfig } from "../config/load-config.ts";
import { checkStaticLabels } from "./check-static-labels.ts";

const load = (...argv: string[]) => loadConfig({ argv, env: {}, cwd: "/nonexistent-folder" });

test("labels that no family has are accepted", async () => {
  const loaded = await load("--label=node=a", "--label", "team=b c");

  expect(() => checkStaticLabels(loaded)).not.toThrow();
  expect(loaded.config.metrics.labels).toEqual(["node=a", "team=b c"]);
});

test.each(["device", "id", "reason", "le", "quantile", "collector"])(
  "%s is refused, since a family has it",
  async (name) => {
    const loaded = await load(`--label=${name}=a`);

    expect(() => checkStaticLabels(loaded)).toThrow(
      expect.objectContaining({
        code: "CONFIG_INVALID",
        details: [
          {
            where: "--label",
            message: expect.stringMatching(`^found the label ${name}, which \\S.* has itself; wanted`),
          },
        ],
      }),
    );
  },
);
