// @ts-check
/** Connected accounts. */

import { HOME, call, webAddress } from "./calls.js";

/**
 * Begin to connect a Stripe account: `url` is where the browser goes next.
 * @type {typeof import("/client.js").createInstallLink}
 */
export async function createInstallLink({ base = HOME, token, returnTo }) {
  const body = { return_to: returnTo };
  // The cookie in the answer ties the link to this browser.
  const link = await call(base, "install-links", token, { body, credentials: "include" });
  return { ...link, url: webAddress(link.url) };
}

/**
 * The caller's connections, newest first.
 * @type {typeof import("/client.js").listInstallations}
 */
export function listInstallations({ base = HOME, token, limit, cursor }) {
  const query = new URLSearchParams();
  if (limit) query.set("limit", String(limit));
  if (cursor) query.set("cursor", cursor);
  return call(base, `installations?${query}`, token);
}

/** @type {typeof import("/client.js").getInstallation} */
export function getInstallation({ base = HOME, token, accountId }) {
  return call(base, installation(accountId), token);
}

/**
 * The account as Stripe returns it.
 * @type {typeof import("/client.js").getConnectedAccount}
 */
export function getConnectedAccount({ base = HOME, token, accountId }) {
  return call(base, `${installation(accountId)}/account`, token);
}

/** @type {typeof import("/client.js").updateInstallation} */
export function updateInstallation({ base = HOME, token, accountId, changes }) {
  return call(base, installation(accountId), token, { method: "PATCH", body: changes });
}

/**
 * Settle or cancel an account's open payments, and uninstall the app, at Stripe and here.
 * @type {typeof import("/client.js").deleteInstallation}
 */
export function deleteInstallation({ base = HOME, token, accountId, force = false }) {
  const path = `${installation(accountId)}${force ? "?force=true" : ""}`;
  return call(base, path, token, { method: "DELETE" });
}

/**
 * Finish a connection that was not tied to this browser, with what its return address carried.
 * @type {typeof import("/client.js").confirmInstallation}
 */
export function confirmInstallation({ base = HOME, token, accountId, confirmation }) {
  return call(base, `${installation(accountId)}/confirm`, token, { body: { confirmation } });
}

/** @param {string} accountId */
function installation(accountId) {
  return `installations/${encodeURIComponent(accountId)}`;
}
