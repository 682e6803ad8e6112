// @ts-check
/**
 * A window of ours beside a merchant's page, for a frame of ours in it. The visitor signs in there, and
 * the window hands a ticket to the frame. Both are of our origin and speak to our origin alone, so the
 * merchant's page learns neither token nor ticket. Not by a BroadcastChannel: browsers partition it in
 * a frame as they do what is stored.
 */

/** @typedef {{ accountId: string, origin: string }} Asking who asks: a merchant, on a page of this origin */
/** @typedef {{ ticket: string, name: string }} Given a ticket, and how the visitor signed in */

const PAGE = "/wallet/ticket";
// A name would let the merchant's page find the window.
const NO_NAME = "_blank";
const FEATURES = "popup,width=480,height=760";

/** @type {Window | null} */
let opened = null;
/** @type {Asking} */
let asking = { accountId: "", origin: "" };
/** @type {(given: Given) => unknown} */
let take = () => undefined;

addEventListener("message", ({ source, origin, data }) => {
  if (!opened || source !== opened || origin !== location.origin) return;
  if (data?.type === "countersign:who-asks") {
    opened.postMessage({ type: "countersign:asking", ...asking }, location.origin);
  }
  if (data?.type === "countersign:chosen" && typeof data.ticket === "string") {
    take({ ticket: data.ticket, name: String(data.name) });
  }
});

/**
 * Open the window, from a click, or show the one that is open; whether the browser let us.
 * @param {Asking} who
 * @param {(given: Given) => unknown} then
 */
export function openTicketWindow(who, then) {
  asking = who;
  take = then;
  if (opened && !opened.closed) {
    opened.focus();
    return true;
  }
  opened = window.open(PAGE, NO_NAME, FEATURES);
  return opened !== null;
}

/**
 * In the window: who asks, by the word of the frame that has opened it; null where no frame of ours
 * has, or where a page on the way to sign in has cut the tie.
 * @param {number} patience milliseconds
 * @returns {Promise<Asking | null>}
 */
export function whoAsks(patience) {
  return new Promise((resolve) => {
    if (!window.opener) return resolve(null);
    addEventListener("message", ({ source, origin, data }) => {
      if (source !== window.opener || origin !== location.origin) return;
      if (data?.type === "countersign:asking") resolve({ accountId: data.accountId, origin: data.origin });
    });
    window.opener.postMessage({ type: "countersign:who-asks" }, location.origin);
    return setTimeout(() => resolve(null), patience);
  });
}

/** In the window: hand a ticket to the frame, and to nothing else. @param {Given} given */
export function handOver(given) {
  window.opener.postMessage({ type: "countersign:chosen", ...given }, location.origin);
}
