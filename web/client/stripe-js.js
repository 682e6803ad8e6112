// @ts-check
/** Stripe.js, which must come from Stripe itself. */

import { Refusal } from "./calls.js";

/** @type {Map<string, Promise<any>>} */
const scripts = new Map();

/**
 * Stripe.js, which must come from Stripe; the page's own copy when it has one.
 * @param {string} url
 */
export function loadStripe(url) {
  const page = /** @type {any} */ (globalThis);
  if (page.Stripe) return Promise.resolve(page.Stripe);
  const loading = scripts.get(url) ?? addScript(url).then(() => page.Stripe);
  scripts.set(url, loading);
  loading.catch(() => scripts.delete(url));
  return loading;
}

/** @param {string} url @returns {Promise<void>} */
function addScript(url) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = url;
    script.onload = () => resolve();
    script.onerror = () => {
      script.remove();
      reject(new Refusal("stripe_js_unavailable", "Stripe.js could not be loaded."));
    };
    document.head.append(script);
  });
}
