// @ts-check
/** Verifying an identity. */

import { HOME, Refusal, call, pause, webAddress } from "./calls.js";
import { publicSettings } from "./settings.js";
import { loadStripe } from "./stripe-js.js";

/** How often, and after how many seconds, a request that finds another one running is repeated. */
const AGAIN = { times: 4, seconds: 2 };

/**
 * Verify the identity of the person the token is for.
 * @type {typeof import("/client.js").verifyIdentity}
 */
export async function verifyIdentity({
  base = HOME,
  token,
  flow = "modal",
  returnUrl,
  email,
  phone,
}) {
  if (flow !== "modal" && flow !== "redirect") throw new TypeError('flow is "modal" or "redirect"');
  const details = { flow, return_url: returnUrl, email, phone };
  const create = () => createSession(base, token, details);
  try {
    return flow === "modal" ? await inModal(base, create) : await onStripesPage(create);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { code, message, retryAfter } = error;
    return { status: "refused", by: "countersign", code, message, retryAfter };
  }
}

/**
 * How the caller's latest verification stands.
 * @type {typeof import("/client.js").currentVerification}
 */
export function currentVerification({ base = HOME, token }) {
  return call(base, "verification-sessions/current", token);
}

/**
 * @param {string} base
 * @param {() => Promise<{ client_secret: string }>} create
 * @returns {Promise<import("/client.js").VerificationOutcome>}
 */
async function inModal(base, create) {
  const settings = await publicSettings({ base });
  const key = settings.stripe_publishable_key;
  if (!key)
    throw new Refusal("modal_unavailable", "There is no publishable key; use the redirect flow.");
  const [Stripe, session] = await Promise.all([loadStripe(settings.stripe_js_url), create()]);
  const { error } = await Stripe(key)
    .verifyIdentity(session.client_secret)
    .catch(() => {
      // Stripe.js may quote its argument, which is a secret.
      throw new Refusal("modal_failed", "Stripe.js could not open the modal.");
    });
  if (!error) return { status: "submitted" };
  const { code = "unknown", message = "" } = error;
  return { status: "refused", by: "stripe", code, message };
}

/**
 * @param {() => Promise<{ url: string }>} create
 * @returns {Promise<import("/client.js").VerificationOutcome>}
 */
async function onStripesPage(create) {
  location.assign(webAddress((await create()).url));
  return { status: "redirecting" };
}

/**
 * @param {string} base
 * @param {import("/client.js").Token} token
 * @param {object} details
 */
async function createSession(base, token, details) {
  for (let turn = 1; ; turn += 1) {
    try {
      return await call(base, "create-verification-session", token, { body: details });
    } catch (error) {
      const busy = error instanceof Refusal && error.code === "request_in_progress";
      if (!busy || turn > AGAIN.times) throw error;
      await pause(1000 * (error.retryAfter ?? AGAIN.seconds));
    }
  }
}
