import { setTimeout as pause } from "node:timers/promises";

const LOOK_EVERY_MS = 50;
const ANSWER_TIMEOUT_MS = 5000;

/** Polls until `look` returns a truthy value, and returns that; `what` describes it in errors. */
export async function waitUntil(look, { what, withinMs = 30_000, signal }) {
  const untilMs = performance.now() + withinMs;
  for (;;) {
    const value = await look();
    if (value) return value;
    if (performance.now() > untilMs) throw new Error(`waited ${withinMs / 1000} s for ${what}, in vain`);
    await pause(LOOK_EVERY_MS, undefined, { signal });
  }
}

/** Waits until `at`, a Date; returns at once if that is past. */
export async function moment(at, signal) {
  // Node warns about a negative delay.
  await pause(Math.max(0, at.getTime() - Date.now()), undefined, { signal });
}

/** The response's JSON; null without a response, or for a status other than 2xx. */
export async function getJson(url) {
  const answer = await get(url);
  if (answer?.ok) return answer.json();
  await answer?.body?.cancel();
  return null;
}

/** Whether the address responds with 2xx. */
export async function answers(url) {
  const answer = await get(url);
  await answer?.body?.cancel();
  return answer?.ok === true;
}

function get(url) {
  return fetch(url, { signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) }).catch(() => null);
}
