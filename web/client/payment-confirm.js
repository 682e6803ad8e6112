// @ts-check
/** Having the merchant's server confirm a payment, and what a refusal of that leads to. */

import { Refusal } from "./calls.js";
import { answerOf, newKey } from "./merchant-server.js";

/** @typedef {import("/client.js").ConfirmBody} Body */
/** @typedef {import("/client.js").NamedCard} NamedCard */
/** @typedef {import("./payment-session.js").Session} Session */

/** How long an attempt of somebody else's is waited for: what is late is settled each minute. */
export const PATIENCE_MS = 150_000;
/** Seconds to wait for it where the server does not say how long. */
const BUSY_S = 5;

/**
 * Have the server confirm, with one key for as long as it takes; the session then has what came of it.
 * Rejects with a `Refusal` that ends the way.
 * @param {Session} session
 * @param {Body} body
 */
export async function confirm(session, body) {
  const sent = { idempotencyKey: newKey(), paymentId: session.payment.id };
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    session.tell("confirming");
    try {
      session.update(await session.asked(() => session.options.confirm(body, sent)));
      return;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const isAgain = await refused(session, error, body);
      if (!isAgain) return;
      if (Date.now() > until) throw error;
    }
  }
}

/**
 * Do what a refusal asks for, and return whether to send the same again.
 * @param {Session} session
 * @param {Refusal} refusal
 * @param {Body} body
 * @returns {Promise<boolean>}
 */
async function refused(session, refusal, body) {
  const card = cardOf(body);
  switch (refusal.code) {
    case "payment_busy":
      await session.wait(1_000 * (refusal.retryAfter ?? BUSY_S));
      // The payer named this card: it is theirs to try. Anything else follows from what runs.
      if (card) return true;
      await session.read();
      return false;
    case "payment_ended":
      await session.read();
      return false;
    case "step_up_required":
      if ("give_up_spc" in body) throw refusal;
      await confirm(session, { give_up_spc: true });
      return false;
    case "card_required":
      session.wants = "again";
      return false;
    case "begin_again":
    case "card_differs":
      await beginAgain(session, refusal, card);
      return false;
  }
  throw refusal;
}

/**
 * Another payment of the same order in the place of this one, where the page can create it.
 * @param {Session} session
 * @param {Refusal} refusal
 * @param {NamedCard | undefined} card
 */
async function beginAgain(session, refusal, card) {
  const { create } = session.options;
  if (card && create) {
    session.tell("beginning");
    const sent = { idempotencyKey: newKey(), paymentId: session.payment.id };
    session.update(await answerOf(() => create(card, sent), session.wait));
  } else if (refusal.code === "begin_again") {
    await session.read();
  } else {
    session.wants = "card_differs";
  }
}

/** @param {Body} body @returns {NamedCard | undefined} */
function cardOf(body) {
  const isCard = "payment_method" in body || "confirmation_token" in body;
  return isCard ? /** @type {NamedCard} */ (body) : undefined;
}
