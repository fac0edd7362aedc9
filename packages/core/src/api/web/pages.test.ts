import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { testApi } from "../testing/test-api.ts";

describe("the landing page", () => {
  test("links only to existing pages", async () => {
    await using api = await testApi();
    const { text } = await api.call("GET", "/");
    const links = [...text.matchAll(/href="(\/[^"]*)"/g)].map(([, path]) => path!);

    const answers = await Promise.all(
      links.filter((path) => path !== "/metrics/0").map((path) => api.call("GET", path)),
    );

    expect(links.length).toBeGreaterThan(4);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  });

  test("loads nothing, and its one style is the one that its policy allows", async () => {
    await using api = await testApi();

    const { headers, text } = await api.call("GET", "/");

    const style = /<style>([\s\S]*)<\/style>/.exec(text)![1]!;
    const hash = createHash("sha256").update(style).digest("base64");
    expect(headers["content-security-policy"]).toContain(`style-src 'sha256-${hash}';`);
    expect(headers["content-security-policy"]).toContain("default-src 'none'");
    expect(text).not.toMatch(/<script|src=|https?:/);
  });
});

describe("the page of the contract", () => {
  test("consists of existing files of this daemon only, nothing inline", async () => {
    await using api = await testApi();
    const page = await api.call("GET", "/docs");
    const files = [...page.text.matchAll(/(?:href|src)="([^"]*)"/g)].map(([, path]) => path!);

    const answers = await Promise.all(files.map((path) => api.call("GET", path)));

    expect(files).toEqual([
      "/docs/favicon-32x32.png",
      "/docs/swagger-ui.css",
      "/docs/swagger-ui-bundle.js",
      "/docs/init.js",
    ]);
    expect(answers.map(({ headers }) => headers["content-type"])).toEqual([
      "image/png",
      "text/css; charset=utf-8",
      "text/javascript; charset=utf-8",
      "text/javascript; charset=utf-8",
    ]);
    expect(page.headers["content-security-policy"]).not.toContain("unsafe");
    expect(page.text).not.toMatch(/<script>|<style|style=| on[a-z]+=/);
  });

  test.each(["package.json", "..%2fpackage.json", "__proto__", "swagger-ui.css.map", "a%00b"])(
    "has no file %s",
    async (name) => {
      await using api = await testApi();

      const { status, json } = await api.call("GET", `/docs/${name}`);

      expect([status, json.code]).toEqual([404, "ROUTE_NOT_FOUND"]);
    },
  );
});

describe("the contract", () => {
  test("is the one that is committed as docs/openapi.json", async () => {
    await using api = await testApi();

    const { json } = await api.call("GET", "/openapi.json");

    const committed: unknown = JSON.parse(
      readFileSync(new URL("../../../../../docs/openapi.json", import.meta.url), "utf8"),
    );
    json.info.version = "";
    // After a change of the API: node --conditions=source packages/core/src/api/testing/write-openapi.ts
    expect(json).toEqual(committed);
  });

  test("shows each route once, by its canonical path, and every problem by reference", async () => {
    await using api = await testApi();

    const { json } = await api.call("GET", "/openapi.json");

    const operations = Object.values<Record<string, { operationId: string; responses: Record<string, unknown> }>>(
      json.paths,
    ).flatMap((methods) => Object.values(methods));
    const ids = operations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(Object.keys(json.paths)).not.toContain("/instances");
    expect(json.paths["/api/v1/instances"].post.responses["409"].content["application/problem+json"].schema).toEqual({
      $ref: "#/components/schemas/Problem",
    });
  });
});
