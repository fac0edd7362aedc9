import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { parsePingLine, parseRefusal } from "./ping-reply.ts";

test.each([
  ["64 bytes from 10.0.0.5: icmp_seq=1 ttl=64 time=0.045 ms", 0.000045, 64],
  ["64 bytes from fd00::5: icmp_seq=12 ttl=3 time=1500 ms", 1.5, 3],
  ["64 bytes from fe80::1%eth0: icmp_seq=1 hlim=255 time=2.50 ms", 0.0025, 255],
  ["64 bytes from 10.0.0.5: seq=0 ttl=64 time=0.100 ms", 0.0001, 64],
  ["64 bytes from 10.0.0.5: icmp_seq=1 ttl=64 time=0.045 ms (DUP!)", 0.000045, 64],
])("%s", (line, roundTripSeconds, hopLimit) => {
  expect(parsePingLine(line)).toEqual({ roundTripSeconds: expect.closeTo(roundTripSeconds, 9), hopLimit });
});

test.each([
  "PING 10.0.0.5 (10.0.0.5) 56(84) bytes of data.",
  "no answer yet for icmp_seq=2",
  "From 10.0.0.1 icmp_seq=1 Destination Host Unreachable",
  "64 bytes from 10.0.0.5: icmp_seq=1 ttl=64",
  "",
])("%j is no reply", (line) => {
  expect(parsePingLine(line)).toBeNull();
});

test("any reply is read, and no line throws", () => {
  fc.assert(
    fc.property(fc.nat(255), fc.nat(10_000_000), (hopLimit, microseconds) => {
      const line = `64 bytes from 10.1.2.3: icmp_seq=7 ttl=${hopLimit} time=${microseconds / 1000} ms`;
      expect(parsePingLine(line)?.hopLimit).toBe(hopLimit);
      expect(parsePingLine(line)?.roundTripSeconds).toBeCloseTo(microseconds / 1e6, 9);
    }),
  );
  fc.assert(fc.property(fc.string(), (line) => void parsePingLine(line)));
});

test.each([
  ["From 10.0.0.1 icmp_seq=1 Destination Host Unreachable", "Destination Host Unreachable"],
  ["From 10.0.0.1: icmp_seq=4 Time to live exceeded", "Time to live exceeded"],
  ["64 bytes from 10.0.0.5: icmp_seq=1 ttl=64 time=0.045 ms", null],
])("%s says %j", (line, refusal) => {
  expect(parseRefusal(line)).toBe(refusal);
});
