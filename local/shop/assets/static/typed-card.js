// @ts-check
/**
 * A card that is typed, into a field of Stripe's own: its number is never in this page nor at the
 * shop's server, which get its id alone.
 */

import { Failure, element } from "./common.js";
import { cardChosen } from "./choice.js";

/** @type {{ stripe: any, card: any } | null} */
let field = null;

/**
 * Offer to type a card, where Stripe.js can be had.
 * @param {any} module client.js of the relying party
 */
export async function offerTyping(module) {
  const { relyingParty = "", accountId = "" } = document.body.dataset;
  try {
    const settings = await module.publicSettings({ base: relyingParty });
    await load(settings.stripe_js_url);
    const { Stripe } = /** @type {any} */ (globalThis);
    const stripe = Stripe(settings.stripe_publishable_key, { stripeAccount: accountId });
    if (typeof stripe.elements !== "function") return;
    const card = stripe.elements().create("card", { hidePostalCode: true });
    card.mount("#card-element");
    field = { stripe, card };
    element("typed-card").hidden = false;
  } catch (error) {
    // Without it, every other card can still be paid with.
    console.info("no card can be typed here", error);
  }
}

/** Show the field while this is the choice. */
export function showTyping() {
  element("card-element").hidden = cardChosen() !== "typed";
}

/** @returns {Promise<{ payment_method: string }>} */
export async function typedCard() {
  if (!field) throw new Failure("card_incomplete");
  const made = await field.stripe.createPaymentMethod({ type: "card", card: field.card });
  if (made.error) throw new Failure("card_incomplete");
  return { payment_method: made.paymentMethod.id };
}

/** @param {string} url @returns {Promise<void>} */
function load(url) {
  return new Promise((resolve, reject) => {
    if ("Stripe" in globalThis) return resolve();
    const script = document.createElement("script");
    script.src = url;
    script.onload = () => resolve();
    script.onerror = () => reject(new Error("Stripe.js could not be loaded"));
    document.head.append(script);
  });
}
