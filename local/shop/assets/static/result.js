// @ts-check
/** How an order went: confirmed, or why it goes on with 3-D Secure, which is always the next step. */

import { element, hasText, text } from "./common.js";
import { walletAddress } from "./wallet.js";

/** What the payer's browser may have said, and our server cannot know better. */
const TOLD_BY_THE_PAGE = ["not_confirmed", "unavailable"];
/** After these, another try may well end otherwise. */
const AGAIN = ["cancelled", "refused", "unavailable", "not_confirmed"];
/** After these, this device can be set up for the next time. */
const OFFER = ["no_payer", "no_credential", "no_credential_or_other_way"];
/** After these, something can be decided in the payer's wallet. */
const WALLET = ["step_up", "opted_out"];

/** @param {{ status: string, reason: string, code: string }} order @param {any} outcome */
export function showResult(order, outcome) {
  const confirmed = order.status === "confirmed";
  const reason = confirmed ? "" : reasonOf(order, outcome);
  const name = confirmed ? "confirmed" : `reason.${reason}`;
  Object.assign(element("status").dataset, { state: order.status, reason });
  element("way").hidden = true;
  element("heading").textContent = text(`${name}.heading`);
  document.title = text(`${name}.heading`);
  const code = order.code || outcome?.code;
  element("detail").replaceChildren(
    paragraph(text(`${name}.text`)),
    ...(code && !confirmed ? [paragraph(text("code", { code }), "code")] : []),
    ...(confirmed ? [] : nextStep(reason)),
  );
  element("actions").replaceChildren(again(AGAIN.includes(reason) ? "retry" : "again"));
  element("heading").focus();
}

/** @param {{ reason: string }} order @param {any} outcome */
function reasonOf(order, outcome) {
  const told = TOLD_BY_THE_PAGE.includes(order.reason) ? outcome?.reason : undefined;
  return told && hasText(`reason.${told}.heading`) ? told : order.reason;
}

/** @param {string} reason */
function nextStep(reason) {
  const heading = document.createElement("h2");
  heading.textContent = text("next.heading");
  const parts = [heading, paragraph(text("next.text"), "next")];
  const offers = OFFER.includes(reason);
  if (!offers && !WALLET.includes(reason)) return parts;
  const link = document.createElement("a");
  link.id = "offer";
  link.href = walletAddress();
  link.textContent = text(offers ? "offer.link" : "way.wallet");
  const offer = paragraph(offers ? `${text("offer.text")} ` : "", "offer");
  offer.append(link);
  return [...parts, offer];
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

/** @param {string} said @param {string} [kind] */
function paragraph(said, kind = "") {
  const node = document.createElement("p");
  node.textContent = said;
  node.className = kind;
  return node;
}
