// @ts-check
/**
 * The product, and the way its payment goes. The shop's server asks for the confirmation and reads
 * the verdict; this page only brings the payer's browser into it.
 */

import { call, element, notify, onPress, text } from "./common.js";
import { showCustomer } from "./customer.js";
import { showResult } from "./result.js";
import { showFrame } from "./set-up-frame.js";
import { takeHandle, walletAddress } from "./wallet.js";

const { relyingParty = "" } = document.body.dataset;

/** The relying party's module; without it every payment goes on with 3-D Secure. @type {Promise<any>} */
const countersign = import(`${relyingParty}/client.js`).catch(() => null);

start();

async function start() {
  const { state, payer } = takeHandle();
  const pay = element("pay");
  onPress(pay, () => settle(order));
  onPress(element("forget"), forget);
  try {
    if (state === "taken") await call("POST", "/payer", { payer });
    await Promise.all([showWay(), showCustomer(offerDevice)]);
  } catch {
    notify(text("unreachable"));
  }
  if (state === "taken") notify(text("welcome"));
  if (state === "stray") notify(text("stray"));
  pay.setAttribute("aria-disabled", "false");
  element("status").dataset.state = "ready";
}

/** How the payer will approve it, and how it could be quicker. */
async function showWay() {
  const { known } = await call("GET", "/payer");
  const support = await (await countersign)?.paymentConfirmationSupport();
  const supported = support?.available === true;
  const way = !supported ? "unsupported" : known ? "known" : "unknown";
  element("way").dataset.way = way;
  element("way-text").textContent = text(`way.${way}`);
  const wallet = /** @type {HTMLAnchorElement} */ (element("wallet"));
  wallet.href = walletAddress();
  wallet.hidden = way !== "unknown";
  element("forget").hidden = !known;
  element("way").hidden = false;
  if (supported) await offerDevice();
}

/** Set up this device right here, as whoever is signed in at the shop, or in their own wallet. */
async function offerDevice() {
  const module = await countersign;
  if (module && document.body.dataset.accountId) showFrame(module);
}

/** Forget the payer's handle. */
async function forget() {
  await call("DELETE", "/payer");
  await showWay();
  notify(text("way.forgotten"));
}

/** @param {() => Promise<{ order: any, outcome: any }>} run */
async function settle(run) {
  notify(text("product.wait"));
  try {
    const { order, outcome } = await run();
    notify("");
    showResult(order, outcome);
  } catch {
    notify(text("unreachable"));
  }
}

/**
 * Place an order, have it confirmed where that is possible, and let our server decide: a page may be
 * lied to, or may lie.
 */
async function order() {
  const placed = await call("POST", "/orders");
  if (!placed.confirmation) return { order: placed, outcome: null };
  const outcome = await confirm(placed.confirmation);
  notify(text("product.checking"));
  return { order: await call("POST", `/orders/${placed.id}/decide`), outcome };
}

/** @param {{ request: object, total: object, ceremony_id: string }} confirmation */
async function confirm({ request, total, ceremony_id }) {
  const module = await countersign;
  if (!module) return { status: "fallback", reason: "unavailable", code: "client_unavailable" };
  notify(text("product.asking"));
  // One that could not be forgotten is of no use: it is suspended.
  const onOptOut = () => call("DELETE", "/payer").catch(() => undefined);
  return module.confirmPayment({ request, total, ceremonyId: ceremony_id, onOptOut });
}
