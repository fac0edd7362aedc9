import { expect, test } from "@jest/globals";
import { allRoutes } from "../../all.ts";
import { testApi } from "../../testing/test-api.ts";

test("before the start is complete only the probes are served; everything else gets Retry-After", async () => {
  let isOpen = false;
  await using api = await testApi({ isOpen: () => isOpen });

  const paths = allRoutes(api.context)
    .filter(({ method }) => method === "GET")
    .flatMap((route) => route.paths);
  const answers = await Promise.all(paths.map(async (path) => ({ path, ...(await api.call("GET", path)) })));
  const answered = answers.filter(({ status }) => status !== 503).map(({ path }) => path);
  isOpen = true;
  const after = await api.call("GET", "/instances");

  expect(answered.toSorted()).toEqual(["/-/healthy", "/-/ready", "/api/v1/health", "/health"]);
  expect(answers.find(({ path }) => path === "/instances")).toMatchObject({
    headers: { "retry-after": "1" },
    json: { code: "NOT_READY" },
  });
  expect(after.status).toBe(200);
});
