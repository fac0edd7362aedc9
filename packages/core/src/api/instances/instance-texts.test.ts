import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { testApi, type TestApi } from "../testing/test-api.ts";

const NFC = "Zo\u00EB";
const NFD = "Zoe\u0308";

let api: TestApi;

beforeAll(async () => {
  api = await testApi();
});
afterAll(async () => {
  await api[Symbol.asyncDispose]();
});

describe("names and labels that users cannot distinguish", () => {
  test.each([
    ["zero width space", "web\u200B1", "U+200B"],
    ["zero width joiner", "web\u200D", "U+200D"],
    ["byte order mark", "\uFEFFweb", "U+FEFF"],
    ["soft hyphen", "web\u00AD1", "U+00AD"],
    ["word joiner", "web\u20601", "U+2060"],
    ["writing direction", "web\u202E1", "U+202E"],
    ["Arabic letter mark", "web\u061C1", "U+061C"],
    ["combining grapheme joiner", "web\u034F1", "U+034F"],
    ["Hangul filler", "\u3164", "U+3164"],
    ["halfwidth Hangul filler", "web\uFFA0", "U+FFA0"],
    ["blank of Braille", "\u2800", "U+2800"],
    ["tag character", "web\u{E0041}", "U+E0041"],
    ["variation selector", "web\uFE0F", "U+FE0F"],
    ["variation selector of ideographs", "web\u{E0100}", "U+E0100"],
    ["no-break space", "web\u00A01", "U+00A0"],
    ["ideographic space", "web\u30001", "U+3000"],
    ["line separator", "web\u20281", "U+2028"],
    ["noncharacter", "web\uFFFE", "U+FFFE"],
    ["control character", "web\u00851", "U+0085"],
  ])("a %s is refused, by its code point, in names, labels and targets", async (_, text, point) => {
    const detail = expect.stringMatching(new RegExp(`; found ${point.replace("+", "\\+")}$`));

    const body = { name: text, ip: "10.0.0.1", labels: { zone: text }, target: text };
    const { status, json } = await api.call("POST", "/instances", { body });

    expect([status, json.errors]).toEqual([
      400,
      expect.arrayContaining(["/name", "/labels/zone", "/target"].map((pointer) => ({ pointer, detail }))),
    ]);
  });

  test.each([" web", "web ", " ", "\tweb"])("%j has leading or trailing spaces or nothing else", async (name) => {
    expect((await api.call("POST", "/instances", { body: { name, ip: "10.0.0.1" } })).status).toBe(400);
  });

  test.each(["web 1", "Zoë 1", "データ", "بغداد", "नमस्ते", "한글", "⚙️ build", "🚀", "a_b-c.d/e", "cafe\u0301"])(
    "%j is a name",
    async (name) => {
      const { status, json } = await api.call("POST", "/instances", { body: { name, ip: "10.0.0.1" } });

      expect([status, json.name]).toEqual([201, name.normalize()]);
    },
  );

  test("one name, composed or not, belongs to one instance", async () => {
    const create = (name: string) => api.call("POST", "/instances", { body: { name, ip: "10.0.0.1" } });

    expect((await create(NFD)).json.name).toBe(NFC);
    expect((await create(NFC)).status).toBe(409);
    expect((await create(NFD)).status).toBe(409);
    const other = await create("other");
    expect((await api.call("PATCH", `/instances/${other.json.id}`, { body: { name: NFD } })).status).toBe(409);
    const bulk = [NFD, "fresh"].map((name) => ({ name, ip: "10.0.0.1" }));
    expect((await api.call("POST", "/instances/bulk", { body: bulk })).json).toMatchObject({ created: 1, failed: 1 });
  });

  test("labels are found, composed or not, and so is a part of a name", async () => {
    const name = `labelled ${NFD}`;
    await api.call("POST", "/instances", { body: { name, ip: "10.0.0.1", labels: { owner: NFD } } });
    const found = async (query: string) =>
      (await api.call("GET", `/instances?${query}`)).json.items.map((item: { name: string }) => item.name);

    for (const form of [NFC, NFD]) {
      expect(await found(`label=${encodeURIComponent(`owner=${form}`)}`)).toEqual([`labelled ${NFC}`]);
      expect(await found(`q=${encodeURIComponent(`labelled ${form}`)}`)).toEqual([`labelled ${NFC}`]);
    }
  });

  test("what is too long once composed is refused, in names and labels", async () => {
    const growing = "\uFB2C";
    const call = (body: object) => api.call("POST", "/instances", { body: { ip: "10.0.0.1", ...body } });
    const wholeName = { name: "\u0344".repeat(64) };

    const name = await call({ name: growing.repeat(128) });
    const label = await call({ name: "long-label", labels: { owner: growing.repeat(256) } });
    const { status, json } = await call(wholeName);
    const again = await api.call("PATCH", `/instances/${json.id}`, { body: { name: json.name } });

    expect(name.json).toMatchObject({ code: "REQUEST_INVALID", errors: [{ pointer: "/name" }] });
    expect(label.json).toMatchObject({ code: "REQUEST_INVALID", errors: [{ pointer: "/labels/owner" }] });
    expect([status, again.status]).toEqual([201, 200]);
  });

  test("no two stored names differ only in characters without width", async () => {
    const text = fc.string({ unit: "binary", minLength: 1, maxLength: 6 });

    await fc.assert(
      fc.asyncProperty(text, async (given) => {
        const { status, json } = await api.call("POST", "/instances", { body: { name: given, ip: "10.0.0.1" } });
        if (status !== 201) return;

        expect(json.name.replaceAll(/(?<!\p{Extended_Pictographic})\p{Default_Ignorable_Code_Point}/gu, "")).toBe(
          json.name,
        );
        expect(json.name).toBe(json.name.normalize());
      }),
      { numRuns: 60 },
    );
  });
});

describe("a key with a special meaning in JavaScript", () => {
  test.each([
    [{ labels: '{"__proto__":"1"}' }, "/labels/__proto__"],
    [{ labels: '{"constructor":{"prototype":"1"}}' }, "/labels/constructor"],
    [{ simulation: '{"__proto__":{"seed":1}}' }, "/simulation/__proto__"],
    [{ __extra: '1,"__proto__":{"x":1}' }, "/__proto__"],
  ])("is a bad field like any other: %j", async (fields, pointer) => {
    const written = Object.entries(fields).map(([name, text]) => `"${name}":${text}`);
    const body = `{"name":"a","ip":"10.0.0.1",${written.join(",")}}`;

    const one = await api.call("POST", "/instances", { body });
    const bulk = await api.call("POST", "/instances/bulk", { body: `[${body}]` });

    expect(one.json).toMatchObject({ status: 400, code: "REQUEST_INVALID" });
    expect(one.json.errors.map((error: { pointer: string }) => error.pointer)).toContain(pointer);
    expect(bulk.json.results[0].problem.code).toBe("REQUEST_INVALID");
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});
