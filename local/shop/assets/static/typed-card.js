// @ts-check
/**
 * A card that is typed, into a field of Stripe's own: its number is never in this page nor at the
 * shop's server, which get its id alone.
 */

import { Failure, element } from "./common.js";
import { cardChosen, choose } from "./choice.js";

/** @type {{ stripe: any, card: any } | null} */
let field = null;

/**
 * Offer to type a card from the start, so that nothing moves later where a payer is about to press; and
 * no more where Stripe.js cannot be had.
 * @param {Promise<any>} countersign client.js of the relying party
 */
export async function offerTyping(countersign) {
  const { relyingParty = "", accountId = "" } = document.body.dataset;
  if (!accountId) return;
  element("typed-card").hidden = false;
  try {
    const module = await countersign;
    const settings = await module.publicSettings({ base: relyingParty });
    await load(settings.stripe_js_url);
    const { Stripe } = /** @type {any} */ (globalThis);
    const stripe = Stripe(settings.stripe_publishable_key, { stripeAccount: accountId });
    const card = stripe.elements().create("card", { hidePostalCode: true });
    card.mount("#card-element");
    field = { stripe, card };
  } catch (error) {
    // Without it, every other card can still be paid with.
    console.info("no card can be typed here", error);
    if (cardChosen() === "typed") choose("plain");
    showTyping();
    element("typed-card").hidden = true;
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
