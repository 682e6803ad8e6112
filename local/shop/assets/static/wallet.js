// @ts-check
/**
 * To the payer's wallet and back. The wallet brings the payer's handle in the fragment of the address,
 * with the state that this window has sent: without it, a link somewhere else could slip the handle of
 * another person into this shop.
 */

const PENDING = "shop.wallet";

/** The wallet's address for this shop, with a fresh state. */
export function walletAddress() {
  const { relyingParty = "", accountId = "" } = document.body.dataset;
  const state = sessionStorage.getItem(PENDING) ?? crypto.randomUUID();
  sessionStorage.setItem(PENDING, state);
  const asked = { account_id: accountId, return_to: new URL("/", location.href).href, state };
  return `${relyingParty}/wallet?${new URLSearchParams(asked)}`;
}

/**
 * Take the handle off this page's address, at once.
 * @returns {{ state: "none" | "taken" | "stray", payer: string }}
 */
export function takeHandle() {
  const told = new URLSearchParams(location.hash.slice(1));
  const payer = told.get("payer");
  if (payer === null) return { state: "none", payer: "" };
  history.replaceState(null, "", location.pathname + location.search);
  const expected = sessionStorage.getItem(PENDING);
  sessionStorage.removeItem(PENDING);
  const own = expected !== null && told.get("state") === expected;
  return own ? { state: "taken", payer } : { state: "stray", payer: "" };
}
