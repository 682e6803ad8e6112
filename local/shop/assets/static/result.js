// @ts-check
/** How an order has ended: with its receipt, or with what became of it and what can be done. */

import { price } from "./choice.js";
import { element, entries, hasText, paragraph, text } from "./common.js";

/**
 * What is shown of an order that has ended, or goes on without its payer.
 * @param {any} story @param {any} outcome what the page was told, where our server does not know
 */
export function showResult({ id, payment, decision, amount, currency }, outcome) {
  const status = payment && hasText(`${payment.status}.heading`) ? payment.status : "open";
  const reason = reasonOf(status, payment, outcome);
  const total = price(amount, currency);
  Object.assign(element("status").dataset, { state: status, reason });
  for (const other of ["checkout", "wallets", "way", "stop"]) element(other).hidden = true;
  const heading = text(`${status}.heading`, { total });
  element("heading").textContent = heading;
  document.title = heading;
  const code = outcome?.code;
  element("detail").replaceChildren(
    ...said(status, reason),
    ...(code ? [paragraph(text("code", { code }), "code")] : []),
    ...(status === "succeeded" ? [receipt(id, payment, decision, total)] : []),
  );
  element("actions").replaceChildren(again(status === "succeeded" ? "again" : "retry"));
  element("heading").focus();
}

/** What is said of it: of an order that is paid, also how it was approved. @param {string} status @param {string} reason */
function said(status, reason) {
  const special = `${status}.${reason}`;
  const first = status === "succeeded" || !hasText(special) ? [`${status}.text`] : [];
  return [...first, ...(hasText(special) ? [special] : [])].map((key) => paragraph(text(key)));
}

/** @param {string} status @param {any} payment @param {any} outcome */
function reasonOf(status, payment, outcome) {
  if (status === "succeeded") return payment.proof ?? "none";
  return payment?.reason ?? outcome?.code ?? "";
}

/** @param {string} order @param {any} payment @param {any} decision @param {string} total */
function receipt(order, payment, decision, total) {
  const card = decision?.card;
  const list = document.createElement("dl");
  list.id = "receipt";
  const when = new Date((payment.ended_at ?? payment.created) * 1000);
  const format = { dateStyle: "medium", timeStyle: "short" };
  const locale = document.documentElement.lang;
  list.append(
    ...entries([
      [text("receipt.total"), total],
      [text("receipt.card"), card ? cardName(card) : ""],
      [text("receipt.proof"), text(`proof.${payment.proof ?? "none"}`)],
      [text("receipt.time"), when.toLocaleString(locale, /** @type {any} */ (format))],
      [text("receipt.order"), order],
    ]),
  );
  return list;
}

/** @param {{ network: string, last4: string, dynamic_last4: string, wallet: string | null }} card */
function cardName({ network, last4, dynamic_last4, wallet }) {
  const name = { visa: "Visa", mastercard: "Mastercard" }[network] ?? network ?? "";
  const shown = `${name} •••• ${last4 ?? dynamic_last4 ?? ""}`;
  const wallets = { google_pay: "Google Pay", apple_pay: "Apple Pay" };
  const from = wallet && /** @type {Record<string, string>} */ (wallets)[wallet];
  return from ? `${from} (${shown})` : shown;
}

/** @param {string} key */
function again(key) {
  const link = document.createElement("a");
  link.className = "primary";
  link.id = "again";
  link.href = "/";
  link.textContent = text(key);
  return link;
}
