// @ts-check
/** How the payer approves a payment, and how it could be quicker: by setting up this device. */

import { call, element, notify, onPress, text } from "./common.js";
import { showFrame } from "./set-up-frame.js";
import { walletAddress } from "./wallet.js";

/** @param {Promise<any>} countersign the relying party's module */
export async function showWay(countersign) {
  onPress(element("forget"), () => forget(countersign));
  const { known } = await call("GET", "/payer");
  const supported = await isSupported(countersign);
  const way = !supported ? "unsupported" : known ? "known" : "unknown";
  element("way").dataset.way = way;
  element("way-text").textContent = text(`way.${way}`);
  const wallet = /** @type {HTMLAnchorElement} */ (element("wallet"));
  wallet.href = walletAddress();
  wallet.hidden = way !== "unknown";
  element("forget").hidden = !known;
  element("way").hidden = false;
  if (supported) await offerDevice(countersign);
}

/**
 * Set up this device right here, as whoever is signed in at the shop, or in their own wallet.
 * @param {Promise<any>} countersign
 */
export async function offerDevice(countersign) {
  const module = await countersign;
  if (module && document.body.dataset.accountId) showFrame(module);
}

/**
 * After a bank has asked the payer and they have passed, invite them to be asked here next time.
 * @param {Promise<any>} countersign @param {any} payment
 */
export async function invite(countersign, payment) {
  const asked = payment?.status === "succeeded" && payment.proof === "3ds";
  element("device").hidden ||= payment?.status === "succeeded" && !asked;
  if (!asked || !(await isSupported(countersign))) return;
  element("device-heading").textContent = text("invite.heading");
  element("device-text").textContent = text("invite.text");
  element("device").dataset.invited = "true";
  await offerDevice(countersign);
}

/** @param {Promise<any>} countersign */
async function isSupported(countersign) {
  return (await (await countersign)?.paymentConfirmationSupport())?.available === true;
}

/** Forget the payer's handle. @param {Promise<any>} countersign */
async function forget(countersign) {
  await call("DELETE", "/payer");
  await showWay(countersign);
  notify(text("way.forgotten"));
}
