// @ts-check
/**
 * The merchant's own server, which the page asks for us: it holds the token, and passes on what the API
 * answers. A call that is not answered is repeated with the same key.
 */

import { encode } from "./base64url.js";
import { Refusal, refusalOf } from "./calls.js";

/** @typedef {import("/client.js").Payment} Payment */
/** @typedef {import("/client.js").ServerAnswer} ServerAnswer */

/** Longer than API Gateway lets a request run (30 s), with the way through the merchant's server. */
const TIMEOUT_MS = 45_000;
/** How long a call that is not answered is repeated. */
const PATIENCE_MS = 120_000;
/** Between one try and the next. */
const PAUSES_MS = [500, 1_000, 2_000, 4_000, 8_000];
/** The same request at the same moment, as where the answer to the first was lost. */
const RUNNING = "request_in_progress";
/** Somebody has to mend the deployment: waiting does not help. */
const NOT_PASSING = "stripe_key_refused";

/** An idempotency key that nobody else has. */
export function newKey() {
  return encode(crypto.getRandomValues(new Uint8Array(18)));
}

/** How long to wait before a further try. @param {number} turn from 0 @returns {number} */
export function pauseBefore(turn) {
  return PAUSES_MS[Math.min(turn, PAUSES_MS.length - 1)];
}

/**
 * What the server answers in the end. Rejects with a `Refusal`: the API's, or `network_error` once it
 * has not answered for two minutes.
 * @param {() => ServerAnswer | Promise<ServerAnswer>} ask
 * @param {(milliseconds: number) => Promise<unknown>} wait
 * @param {string} [id] the payment that the answer has to be about
 * @returns {Promise<Payment>}
 */
export async function answerOf(ask, wait, id) {
  const until = Date.now() + PATIENCE_MS;
  for (let turn = 0; ; turn += 1) {
    try {
      return paymentIn(await answered(ask), id);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (!isPassing(error) || Date.now() > until) throw error;
      await wait(error.retryAfter ? 1_000 * error.retryAfter : pauseBefore(turn));
    }
  }
}

/** Whether the same request may be answered otherwise in a while. @param {Refusal} refusal */
export function isPassing({ code, status, retryAfter }) {
  if (code === RUNNING || status === 429) return true;
  if (status === undefined) return code === "network_error";
  if (status < 500) return code === "payment_open" && retryAfter !== undefined;
  return code !== NOT_PASSING;
}

/** @param {() => ServerAnswer | Promise<ServerAnswer>} ask @returns {Promise<any>} */
async function answered(ask) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let late;
  const lateness = new Promise((_, reject) => {
    late = setTimeout(() => reject(new Error("late")), TIMEOUT_MS);
  });
  try {
    return await Promise.race([asked(ask), lateness]);
  } catch (error) {
    if (error instanceof Refusal) throw error;
    const message = "The page's own server was not reached, or its answer was lost.";
    throw new Refusal("network_error", message, {}, error);
  } finally {
    clearTimeout(late);
  }
}

/** @param {() => ServerAnswer | Promise<ServerAnswer>} ask @returns {Promise<any>} */
async function asked(ask) {
  const answer = await ask();
  if (!(answer instanceof Response)) return bodyGiven(answer);
  const body = parsed(await answer.text());
  if (answer.ok) return body;
  throw refusalOf(answer.status, body, answer.headers.get("retry-after"));
}

/** @param {string} text */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** A problem (RFC 9457) has a number where a payment has a word. @param {any} body */
function bodyGiven(body) {
  if (typeof body?.status !== "number") return body;
  throw refusalOf(body.status, body);
}

/** @param {any} body @param {string} [id] @returns {Payment} */
function paymentIn(body, id) {
  const isPayment = typeof body?.id === "string" && typeof body.status === "string";
  if (isPayment && (id === undefined || body.id === id)) return body;
  throw new Refusal("unexpected_answer", "The page's server answered with no payment, or another.");
}
