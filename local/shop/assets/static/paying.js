// @ts-check
/**
 * An order is paid. The shop's server makes every call to the payment service, and believes it alone;
 * this page brings the payer's browser into it, and asks for another card where one is needed.
 */

import { namedCard } from "./choice.js";
import { call, send } from "./common.js";

/**
 * @typedef {{ payment_method: string } | { confirmation_token: string }} NamedCard
 * @typedef {{
 *   module: any,
 *   onChange: (change: { doing: string, payment: any }) => unknown,
 *   askForCard: (asked: { reason: string, error: any }) => Promise<NamedCard | null>,
 * }} Till
 */

/** The wallet whose card is paid with, of which a fresh one is made where one is spent. */
let wallet = "";

/** @param {string} name of the wallet whose button was pressed, or nothing */
export function useWallet(name) {
  wallet = name;
}

/** The card that is chosen. @returns {Promise<NamedCard>} */
export function currentCard() {
  return namedCard(wallet);
}

/**
 * Place an order of a box and pay it.
 * @param {Till} till @param {string} box @param {(orderId: string) => unknown} placed
 */
export async function payNew(till, box, placed) {
  const [order, card] = await Promise.all([call("POST", "/orders", { box }), currentCard()]);
  placed(order.id);
  const payment = await call("POST", `/orders/${order.id}/payment`, { card });
  return { orderId: order.id, outcome: await payOn(till, order.id, payment) };
}

/**
 * Go on with a payment, from wherever it is.
 * @param {Till} till @param {string} orderId @param {any} payment
 */
export async function payOn({ module, onChange, askForCard }, orderId, payment) {
  const { relyingParty: base = "", accountId = "" } = document.body.dataset;
  const path = `/orders/${orderId}`;
  return module.payWithCountersign({
    base,
    accountId,
    payment,
    confirm: (/** @type {object} */ body, /** @type {any} */ sent) =>
      send("POST", `${path}/confirm`, body, sent.idempotencyKey),
    read: () => send("GET", `${path}/payment`),
    askAgain: () => send("POST", `${path}/spc`),
    create: (/** @type {NamedCard} */ card, /** @type {any} */ sent) =>
      send("POST", `${path}/payment`, { card }, sent.idempotencyKey),
    card: (/** @type {{ reason: string, error: any }} */ asked) =>
      asked.reason === "again" ? currentCard() : askForCard(asked),
    onChange,
    // One that could not be forgotten is of no use: it is suspended.
    onOptOut: () => call("DELETE", "/payer").catch(() => undefined),
  });
}
