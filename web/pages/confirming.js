// @ts-check
/**
 * The last step of a connection that was not tied to this browser: the address that the visitor
 * came back to carries a confirmation in its fragment, which waits here for whoever signs in.
 */

const PENDING = "countersign.confirmation";

/**
 * Take a confirmation off this page's address, at once: it must be neither in the history nor in an
 * address that is copied.
 * @param {string} accountId
 */
export function takeConfirmation(accountId) {
  const confirmation = new URLSearchParams(location.hash.slice(1)).get("confirmation");
  if (confirmation === null) return;
  history.replaceState(null, "", location.pathname + location.search);
  sessionStorage.setItem(PENDING, JSON.stringify({ accountId, confirmation }));
}

/** The confirmation that waits for this account. @param {string} accountId */
export function pendingConfirmation(accountId) {
  const pending = JSON.parse(sessionStorage.getItem(PENDING) ?? "{}");
  /** @type {string | null} */
  const confirmation = pending.accountId === accountId ? pending.confirmation : null;
  return confirmation;
}

/** It was used, or never can be. */
export function forgetConfirmation() {
  sessionStorage.removeItem(PENDING);
}
