import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { chooseAccount, parsePasswd } from "./server-account.ts";

const PASSWD = `root:x:0:0:root:/root:/bin/bash
# a comment
+::::::
broken:x:abc:1::/:/bin/sh
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
postgres:x:101:104:PostgreSQL administrator,,,:/var/lib/postgresql:/bin/bash
`;

test("the entries of passwd are its users, and other lines are skipped", () => {
  expect(parsePasswd(PASSWD)).toEqual([
    { name: "root", uid: 0, gid: 0 },
    { name: "nobody", uid: 65534, gid: 65534 },
    { name: "postgres", uid: 101, gid: 104 },
  ]);
});

test("any text is parsed without an error", () => {
  fc.assert(fc.property(fc.string(), (text) => parsePasswd(text).every(({ uid, gid }) => uid >= 0 && gid >= 0)));
});

test("a new folder goes to postgres, else to nobody", () => {
  const accounts = parsePasswd(PASSWD);

  expect(chooseAccount(accounts, null)?.name).toBe("postgres");
  expect(chooseAccount(accounts.slice(0, 2), null)?.name).toBe("nobody");
  expect(chooseAccount(accounts.slice(0, 1), null)).toBeNull();
});

test("existing data stays with its owner, never with root or a user id without an entry", () => {
  const accounts = parsePasswd(PASSWD);

  expect(chooseAccount(accounts, 65534)?.name).toBe("nobody");
  expect(chooseAccount(accounts, 0)).toBeNull();
  expect(chooseAccount(accounts, 4242)).toBeNull();
});
