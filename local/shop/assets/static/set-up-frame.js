// @ts-check
/**
 * Setting up this device without leaving the shop, in a frame of the relying party's. Where the customer
 * is signed in here, the shop's server has a ticket for them, and the frame takes it; for anybody else it
 * has none, and the frame lets them sign in to their wallet, in a window of its own.
 */

import { call, element, text } from "./common.js";

/** @type {{ close: () => void } | null} */
let shown = null;

/** @param {any} module client.js of the relying party */
export function showFrame({ registrationFrame }) {
  shown?.close();
  const { relyingParty = "", accountId = "" } = document.body.dataset;
  const frame = registrationFrame({
    base: relyingParty,
    accountId,
    ticket: async () => (await call("POST", "/ticket")).ticket,
    title: text("device.heading"),
    onOutcome: tell,
  });
  element("frame").replaceChildren(frame.element);
  element("device").hidden = false;
  shown = frame;
}

/** @param {{ registered: boolean, code?: string }} outcome */
function tell({ registered, code = "" }) {
  element("device").dataset.outcome = registered ? "registered" : code;
}
