// One run of payWithCountersign in Node.js, against a merchant's server that answers what it is told to.
// Node.js has no payment dialog, so SPC is not available here; nothing is waited for.

import { readFileSync } from "node:fs";

const { payWithCountersign } = await import(process.argv[2]);
const { payment, answers, options = {}, abortAt } = JSON.parse(readFileSync(0, "utf8"));

const waited = [];
const realTimeout = globalThis.setTimeout;
globalThis.setTimeout = (run, milliseconds) => {
  if (milliseconds >= 45_000) return realTimeout(run, milliseconds);
  waited.push(milliseconds);
  return realTimeout(run, 0);
};
const reported = [];
globalThis.reportError = (error) => reported.push(String(error));
let now = Date.now();
Date.now = () => (now += options.hurry ?? 0);

const calls = [];
const secrets = JSON.stringify(answers).match(/\w+_secret_\w+/g) ?? [];
const told = [];
const stop = new AbortController();

function answer(name, ...said) {
  calls.push([name, ...said]);
  if (calls.length === abortAt) stop.abort();
  const next = answers[name]?.length > 1 ? answers[name].shift() : answers[name]?.[0];
  if (next === "lost") throw new TypeError("Failed to fetch");
  if (next?.http) {
    const { status, headers, body } = next.http;
    return new Response(typeof body === "string" ? body : JSON.stringify(body), { status, headers });
  }
  return next;
}

const keys = [];
function keyed(name) {
  return (body, { idempotencyKey, paymentId }) => {
    if (!keys.includes(idempotencyKey)) keys.push(idempotencyKey);
    return answer(name, body, keys.indexOf(idempotencyKey), paymentId);
  };
}

const outcome = await payWithCountersign({
  payment,
  confirm: keyed("confirm"),
  read: ({ paymentId }) => answer("read", paymentId),
  card: ({ reason, error }) => answer("card", reason, error?.code ?? null),
  askAgain: answers.askAgain && (({ paymentId }) => answer("askAgain", paymentId)),
  create: answers.create && keyed("create"),
  stripe: { handleCardAction: async (secret) => answer("act", secret) },
  onChange: (change) => told.push(change),
  signal: stop.signal,
});
const seen = JSON.stringify([outcome, told, reported]);
console.log(
  JSON.stringify({
    outcome,
    calls,
    waited,
    reported,
    doing: [...new Set(told.map(({ doing }) => doing))],
    leaks: secrets.filter((secret) => seen.includes(secret)),
  }),
);
