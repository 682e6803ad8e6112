// @ts-check
/** What comes next for a payment, by nothing but what the server says of it. */

/** @typedef {import("/client.js").Payment} Payment */
/** @typedef {import("/client.js").CardReason} CardReason */
/**
 * `confirm` it with the card that is known, `ask` the payer in the browser's dialog or have them `ask
 * again`, `act` on what Stripe asks of them, `wait`, name a `card`, or this is the `end`.
 * @typedef {{ does: "confirm" | "ask" | "ask_again" | "act" | "wait" | "end" }
 *   | { does: "card", reason: CardReason }} Step
 */

const UNAUTHENTICATED = "payment_intent_authentication_failure";

/** @param {Payment} payment @returns {Step} */
export function stepOf(payment) {
  switch (payment.status) {
    case "requires_card":
      return { does: "card", reason: reasonOf(payment) };
    case "ready":
      return payment.last_error ? { does: "card", reason: reasonOf(payment) } : { does: "confirm" };
    case "requires_step_up":
      return { does: payment.spc ? "ask" : "ask_again" };
    case "requires_action":
      return { does: secretOf(payment) ? "act" : "confirm" };
    case "processing":
      return { does: "wait" };
  }
  return { does: "end" };
}

/** What a card is asked for. @param {Payment} payment @returns {CardReason} */
function reasonOf({ status, next, last_error: error }) {
  if (next === "another_card") return "another_card";
  if (error) return error.code === UNAUTHENTICATED ? "authentication_failed" : "declined";
  if (next === "again") return "again";
  return status === "ready" ? "failed" : "first";
}

/** The secret of the action that Stripe asks the payer for, if there is one. @param {Payment} payment */
export function secretOf({ payment_intent: intent }) {
  return intent && typeof intent === "object" ? intent.client_secret : undefined;
}

/**
 * What is told of a payment, to the page and to whoever it tells: no secret, no challenge.
 * @param {Payment} payment
 * @returns {import("/client.js").ShownPayment}
 */
export function shown({ id, status, next, reason, reference, last_error }) {
  return { id, status, next, reason, reference, last_error };
}
