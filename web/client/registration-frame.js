// @ts-check
/**
 * The deployment's page that registers a payment credential, in a frame of the merchant's own page.
 * A frame of another site finds no sign-in, since browsers partition what sites store. So this page
 * hands it a ticket of its server's, which is good for one registration; without one, the frame has
 * the person sign in, in a window of its own. This page never holds the person's token.
 */

import { HOME, Refusal } from "./calls.js";

/** @type {typeof import("/client.js").registrationFrame} */
export function registrationFrame({ base = HOME, accountId, ticket, title = "", onOutcome }) {
  const address = new URL("wallet/register", base.endsWith("/") ? base : `${base}/`);
  address.searchParams.set("account_id", accountId);
  const frame = document.createElement("iframe");
  frame.title = title || address.host;
  frame.allow = "publickey-credentials-create";
  frame.src = address.href;

  async function handOver() {
    const given = await ticketOf(ticket).catch(({ code }) => {
      onOutcome?.({ registered: false, code });
      return null;
    });
    // By message to that page alone: an address is kept in histories and logs.
    frame.contentWindow?.postMessage({ type: "countersign:ticket", ticket: given }, address.origin);
  }

  /** @param {MessageEvent} event */
  function hear({ source, origin, data }) {
    if (source !== frame.contentWindow || origin !== address.origin) return;
    if (data?.type === "countersign:ready") handOver();
    if (data?.type === "countersign:registered" || data?.type === "countersign:not-registered") {
      onOutcome?.({ registered: data.type === "countersign:registered", code: data.code });
    }
  }

  addEventListener("message", hear);
  return { element: frame, close: () => close(frame, hear) };
}

/**
 * The ticket itself; null where the page has none.
 * @param {string | null | undefined | (() => string | null | Promise<string | null>)} ticket
 */
async function ticketOf(ticket) {
  try {
    return (typeof ticket === "function" ? await ticket() : ticket) ?? null;
  } catch {
    throw new Refusal("ticket_unavailable", "The page's own function gave no ticket.");
  }
}

/** @param {HTMLIFrameElement} frame @param {(event: MessageEvent) => void} hear */
function close(frame, hear) {
  removeEventListener("message", hear);
  frame.remove();
}
