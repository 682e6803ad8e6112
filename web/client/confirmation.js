// @ts-check
/**
 * A payer confirms one payment in the browser's own dialog, or goes on in another way. The page never
 * learns which: whatever the end, it asks its own server.
 */

import { HOME, Refusal, post } from "./calls.js";
import { answerOf } from "./credentials.js";
import { close, endOf, show } from "./payment-dialog.js";
import { paymentConfirmationSupport } from "./payment-support.js";

/** @typedef {import("/client.js").ConfirmationOutcome} Outcome */
/** @typedef {import("/client.js").ConfirmPaymentOptions} Options */

/** A browser closes its dialog after a minute; two tries must fit. */
const ANSWER_TIMEOUT_MS = 25_000;

/** @type {typeof import("/client.js").confirmPayment} */
export async function confirmPayment(options) {
  const { available, reason } = await paymentConfirmationSupport();
  if (!available) return fallback("unsupported", reason ?? undefined);
  /** @type {PaymentResponse} */
  let response;
  try {
    response = await show(options);
  } catch (error) {
    return ended(error, options);
  }
  return settled(response, options);
}

/** @param {unknown} error @param {Options} options @returns {Promise<Outcome>} */
async function ended(error, options) {
  const { reason, code, message } = endOf(error);
  if (reason !== "opted_out") return fallback(reason, code, message);
  return optedOut(options);
}

/** @param {Options} options @returns {Promise<Outcome>} */
async function optedOut({ base = HOME, ceremonyId, onOptOut }) {
  const optOut = post(base, "spc-opt-out", { ceremony_id: ceremonyId });
  const failed = await optOut.then(() => undefined, codeOf);
  // Whatever becomes of it in the page, the payment has to go on.
  await Promise.resolve().then(onOptOut).catch(reportError);
  return fallback("opted_out", failed);
}

/**
 * The server decides, and the dialog shows what it said.
 * @param {PaymentResponse} response
 * @param {Options} options
 * @returns {Promise<Outcome>}
 */
async function settled(response, { base = HOME, ceremonyId }) {
  try {
    const body = { ceremony_id: ceremonyId, ...answerOf(response.details) };
    const confirmation = confirmationIn(await answered(base, body));
    await close(response, "success");
    return { status: "authenticated", next: "ask_server", confirmation };
  } catch (error) {
    await close(response, "fail");
    if (error instanceof Refusal && isFinal(error)) {
      return fallback("refused", error.code, error.message);
    }
    return fallback("unavailable", codeOf(error), error instanceof Error ? error.message : "");
  }
}

/** The members of the answer that approves a payment, which only a whole one does. */
const CONFIRMATION = {
  ceremony_id: "string",
  credential_id: "string",
  browser_bound: "string",
  backed_up: "boolean",
  step_up_required: "boolean",
};

/** @param {any} answer @returns {Extract<Outcome, { status: "authenticated" }>["confirmation"]} */
function confirmationIn({ success, ...confirmation }) {
  const members = Object.entries(CONFIRMATION);
  if (success !== true || members.some(([name, type]) => typeof confirmation[name] !== type)) {
    throw new Refusal("unexpected_answer", "The server's answer is no confirmation.");
  }
  return confirmation;
}

/**
 * Send the answer, and again when no verdict came. The server may have taken the first: then it
 * knows the verdict and this page does not.
 * @param {string} base
 * @param {object} body
 */
async function answered(base, body) {
  const send = () => post(base, "spc-auth-response", body, ANSWER_TIMEOUT_MS);
  try {
    return await send();
  } catch (error) {
    if (!(error instanceof Refusal) || isFinal(error)) throw error;
  }
  try {
    return await send();
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== "ceremony_already_used") throw error;
    throw new Refusal("answer_lost", "The verdict was lost on the way: ask your server for it.");
  }
}

/** Whether the server has judged, so that asking again changes nothing. @param {Refusal} refusal */
function isFinal({ status }) {
  return status !== undefined && status < 500 && status !== 429;
}

/** @param {unknown} error */
function codeOf(error) {
  return error instanceof Refusal ? error.code : "unexpected_answer";
}

/**
 * @param {import("/client.js").FallbackReason} reason
 * @param {string} [code]
 * @param {string} [message]
 * @returns {Outcome}
 */
function fallback(reason, code, message = "") {
  return { status: "fallback", reason, code, message, next: "ask_server" };
}
