// @ts-check
/** What Stripe asks of a payer, as 3-D Secure, on the merchant's account. */

import { HOME } from "./calls.js";
import { publicSettings } from "./settings.js";
import { loadStripe } from "./stripe-js.js";

/** @typedef {import("/client.js").PayOptions} Options */

/**
 * Stripe.js for the merchant's account: the page's own, or one that is loaded now. Rejects with a
 * `Refusal` (`stripe_js_unavailable`, and those of `publicSettings`).
 * @param {Options} options
 * @returns {Promise<NonNullable<Options["stripe"]>>}
 */
export async function stripeOf({ base = HOME, stripe, accountId, publishableKey }) {
  if (stripe) return stripe;
  const settings = await publicSettings({ base });
  const Stripe = await loadStripe(settings.stripe_js_url);
  return Stripe(publishableKey ?? settings.stripe_publishable_key, { stripeAccount: accountId });
}

/**
 * Have the payer act, and return whether Stripe.js says that they did. It knows less than the server,
 * which is asked next, and it may quote the secret: nothing that it says is kept.
 * @param {NonNullable<Options["stripe"]>} stripe
 * @param {string} clientSecret
 */
export async function act(stripe, clientSecret) {
  try {
    const { error } = await (stripe.handleCardAction
      ? stripe.handleCardAction(clientSecret)
      : stripe.handleNextAction({ clientSecret }));
    return !error;
  } catch {
    return false;
  }
}
