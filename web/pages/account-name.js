// @ts-check
import { getConnectedAccount } from "../client.js";

/** How long the page waits for it. */
const PATIENCE_MS = 4000;

/**
 * What an account is called at Stripe; empty when that cannot be had in time.
 * @param {{ token: string, accountId: string }} whose
 * @returns {Promise<string>}
 */
export function nameAtStripe(whose) {
  /** @type {Promise<string>} */
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS, ""));
  const read = getConnectedAccount(whose).then(nameOf, () => "");
  return Promise.race([read, late]);
}

/** @param {any} account https://docs.stripe.com/api/accounts/object @returns {string} */
function nameOf({ id, email, business_profile: business, settings }) {
  return business?.name || settings?.dashboard?.display_name || email || id;
}
