// @ts-check
/**
 * The deployment's page that registers a payment credential, in a frame of the merchant's own page.
 * A frame of another site finds no sign-in, since browsers partition what sites store, so this page
 * hands it the access token; the frame takes it from the merchant's checkout origins alone.
 */

import { HOME, bearerOf } from "./calls.js";

/** @type {typeof import("../client.js").registrationFrame} */
export function registrationFrame({ base = HOME, accountId, token, title = "", onOutcome }) {
  const address = new URL("wallet/register", base.endsWith("/") ? base : `${base}/`);
  address.searchParams.set("account_id", accountId);
  const frame = document.createElement("iframe");
  frame.title = title || address.host;
  frame.allow = "publickey-credentials-create";
  frame.src = address.href;

  /** @param {string} bearer */
  function handOver(bearer) {
    const message = { type: "countersign:token", token: bearer };
    frame.contentWindow?.postMessage(message, address.origin);
  }

  /** @param {MessageEvent} event */
  async function hear({ source, origin, data }) {
    if (source !== frame.contentWindow || origin !== address.origin) return;
    if (data?.type === "countersign:ready") {
      await bearerOf(token).then(handOver, ({ code }) => onOutcome?.({ registered: false, code }));
    }
    if (data?.type === "countersign:registered" || data?.type === "countersign:not-registered") {
      onOutcome?.({ registered: data.type === "countersign:registered", code: data.code });
    }
  }

  addEventListener("message", hear);
  return { element: frame, close: () => close(frame, hear) };
}

/** @param {HTMLIFrameElement} frame @param {(event: MessageEvent) => void} hear */
function close(frame, hear) {
  removeEventListener("message", hear);
  frame.remove();
}
