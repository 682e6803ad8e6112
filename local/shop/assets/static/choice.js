// @ts-check
/** What is bought, and with which card: as the choices of the form say. */

import { call, element } from "./common.js";
import { typedCard } from "./typed-card.js";

const form = /** @type {HTMLFormElement} */ (element("checkout"));

/** The box that is chosen, and its price in cents. */
export function box() {
  const chosen = /** @type {HTMLInputElement} */ (form.querySelector("[name=box]:checked"));
  return { name: chosen.value, amount: Number(chosen.dataset.amount) };
}

/** A price as it is written in the page's language. @param {number} cents @param {string} currency */
export function price(cents, currency = "eur") {
  const style = /** @type {const} */ ("currency");
  const format = new Intl.NumberFormat(document.documentElement.lang, { style, currency });
  return format.format(cents / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
}

/**
 * The id of the card that is chosen: Stripe.js has made it of what was typed, or the shop's server of
 * a test card, a saved one, or one of a wallet's.
 * @param {string} [wallet] the wallet whose button was pressed
 * @returns {Promise<{ payment_method: string } | { confirmation_token: string }>}
 */
export async function namedCard(wallet = "") {
  if (wallet) return call("POST", "/cards", { kind: "wallet", name: wallet });
  const chosen = cardChosen();
  if (chosen === "typed") return typedCard();
  const kind = chosen === "saved" ? { kind: "saved" } : { kind: "test", name: chosen };
  return call("POST", "/cards", kind);
}

/** The word of the card that is chosen. */
export function cardChosen() {
  return /** @type {HTMLInputElement} */ (form.querySelector("[name=card]:checked")).value;
}

/** Choose another card, where this one is not to be had any more. @param {string} name */
export function choose(name) {
  /** @type {HTMLInputElement} */ (form.querySelector(`[name=card][value=${name}]`)).checked = true;
}

/** @param {boolean} shown whether the boxes can be chosen still: an order's cannot be changed */
export function offerBoxes(shown) {
  element("boxes").hidden = !shown;
}

/** Let nothing be chosen while a payment runs. @param {boolean} locked */
export function lock(locked) {
  for (const id of ["boxes", "cards"]) {
    /** @type {HTMLFieldSetElement} */ (element(id)).disabled = locked;
  }
}

/** Call when another box or card is chosen. @param {() => unknown} changed */
export function onChoice(changed) {
  for (const label of form.querySelectorAll("#boxes label")) {
    const input = /** @type {HTMLInputElement} */ (label.querySelector("input"));
    const hint = /** @type {HTMLElement} */ (label.querySelector("[data-price]"));
    hint.textContent = price(Number(input.dataset.amount));
  }
  form.onchange = changed;
  form.onsubmit = (event) => event.preventDefault();
}
