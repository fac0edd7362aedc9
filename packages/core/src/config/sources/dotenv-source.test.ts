import { describe, expect, test } from "@jest/globals";
import { parse } from "dotenv";
import fc from "fast-check";
import { checkDotenvLines } from "./dotenv-lines.ts";
import { readDotenv } from "./dotenv-source.ts";
import { loadInMemory, problemsInMemory } from "../testing/load-in-memory.ts";

const problemsOf = (text: string) => readDotenv({ text, mode: 0o600 }, ".env").problems;

describe("a .env file", () => {
  test.each([
    ["a comment and an empty line", "# HTTP_PORT:1\n\n   \n\t# x"],
    ["a comment behind a value", "HTTP_PORT=9011 # the port"],
    ["export", "export HTTP_PORT=9011"],
    ["blanks around the sign", "  HTTP_PORT = 9011  "],
    ["a colon and a blank, as dotenv takes it", "HTTP_PORT: 9011"],
    ["no value", "HTTP_PORT="],
    ["each quote", "A='x'\nB=\"x\"\nC=`x`"],
    ["a quoted value over several lines", 'A="one\nHTTP_PORT:1\n# three" # behind\nB=2'],
    ["an escaped quote", "A=\"a\\\"b\"\nB='c\\'d'"],
    ["a backslash before the closing quote", 'A="C:\\"\nB="x"'],
    ["quotes within", 'A=it\'s 5"\nB="it\'s"'],
    ["a byte order mark", "\uFEFFHTTP_PORT=9011"],
    ["line ends of Windows", "HTTP_PORT=9011\r\nLOG_LEVEL=info\r\n"],
    ["another program's variable twice", "A=1\nA=2"],
  ])("may have %s", (_, text) => {
    expect(problemsOf(text)).toEqual([]);
  });

  test.each([
    ["HTTP_PORT:9011", /colon .* wanted NAME=value/],
    ["HTTP_PORT", /without a value/],
    ["export HTTP_PORT", /without a value/],
    ["HTTP_PORT 9011", /wanted NAME=value/],
    ["=9011", /wanted NAME=value/],
    ["HTTP PORT=9011", /wanted NAME=value/],
    ["- HTTP_PORT=9011", /wanted NAME=value/],
    ["// HTTP_PORT=9011", /wanted NAME=value/],
    ["set HTTP_PORT=9011", /wanted NAME=value/],
    ['LOG_LEVEL="info', /quote/],
    ["LOG_LEVEL='info\"", /quote/],
    ['LOG_LEVEL="info" debug', /quote/],
    ["LOG_LEVEL=in\0fo", /control character/],
    ["LOG_LEVEL=\u001b[31minfo", /control character/],
  ])("with the line %j is refused with the line's number", (text, message) => {
    const before = '# first\nA="two\nlines"\n';

    expect(problemsOf(`${before}${text}\nB=1\n`)).toEqual([
      { where: ".env:4", message: expect.stringMatching(message) },
    ]);
  });

  test("with a setting given twice is refused with both lines", () => {
    expect(problemsOf("HTTP_PORT=1\nA=1\nHTTP_PORT=2\n")).toEqual([
      { where: ".env:3", message: expect.stringMatching(/is already set on line 1/) },
    ]);
  });

  test("never shows a value", () => {
    const problems = problemsOf("API_TOKEN:hunter2\nhunter2\nAPI_TOKEN='hunter2\nhunter2=\0");

    expect(problems).toHaveLength(4);
    expect(JSON.stringify(problems)).not.toContain("hunter2");
  });

  test("of valid lines, however written, is parsed as in dotenv", () => {
    const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_.-]{0,8}$/);
    const plain = fc.stringMatching(/^[A-Za-z0-9_:/@ .,+-]{0,12}$/);
    const value = fc.oneof(
      plain,
      fc.stringMatching(/^"[a-z #=:'\n]{0,12}"$/),
      fc.stringMatching(/^'[a-z #=:"\n]{0,12}'$/),
    );
    const assignment = fc
      .tuple(
        fc.constantFrom("", "export ", "  "),
        name,
        fc.constantFrom("=", " = ", ": "),
        value,
        fc.constantFrom("", " # x"),
      )
      .map((parts) => parts.join(""));
    const line = fc.oneof(assignment, fc.constantFrom("", "  ", "# a comment", "#HTTP_PORT:1"));
    const file = fc
      .tuple(fc.array(line, { maxLength: 8 }), fc.constantFrom("\n", "\r\n"))
      .map(([all, end]) => all.join(end));

    fc.assert(
      fc.property(file, (text) => {
        const { assignments, faults } = checkDotenvLines(text);

        expect(faults).toEqual([]);
        expect(new Set(assignments.map((one) => one.name))).toEqual(new Set(Object.keys(parse(text))));
      }),
    );
  });

  test("of any text has no variable outside a known line, unless an error is reported", () => {
    const text = fc.array(fc.constantFrom("A", "B=", "=", ":", " ", "\n", '"', "'", "`", "#", "\\", "export ", "x"), {
      maxLength: 30,
    });

    fc.assert(
      fc.property(text, (pieces) => {
        const written = pieces.join("");
        const { assignments, faults } = checkDotenvLines(written);
        const unseen = Object.keys(parse(written)).filter((name) => !assignments.some((one) => one.name === name));

        expect(faults.length > 0 || unseen.length === 0).toBe(true);
      }),
    );
  });

  test("stops a start, beside the problems of other sources", async () => {
    const problems = await problemsInMemory({ files: { ".env": "HTTP_PORT:9011\nCLOUD_MONITOR_PROT=1\n" } });

    expect(problems.map(({ where }) => where)).toEqual([".env:2", ".env:1"]);
    await expect(loadInMemory({ files: { ".env": "HTTP_PORT=9011\n" } })).resolves.toBeDefined();
  });
});
