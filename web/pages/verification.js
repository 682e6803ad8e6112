// @ts-check
/** Opening the check, and what a visitor can do next for every way in which it is refused. */

import { verifyIdentity } from "../client.js";
import { formatTime, hasMessage, t } from "./messages.js";
import { passingNotice } from "./notices.js";
import { notify, show } from "./page.js";
import { session } from "./sign-in.js";

/** @typedef {import("./page.js").Action} Action */
/** @typedef {import("./page.js").Settings} Settings */
/** @typedef {import("/client.js").Verification} Verification */
/** @typedef {"modal" | "redirect"} Flow */

/**
 * What a page does with its visitor: `follow` after something was submitted, `signedOut` when it
 * has no token any more, `hold` when what is shown next is to stay.
 * @typedef {object} Page
 * @property {Settings} settings
 * @property {() => unknown} follow
 * @property {(notice: string) => void} signedOut
 * @property {() => void} hold
 */

const LEFT = "countersign.left";

/** Refusals of Stripe's modal, and what is offered then. */
const OFFERS = {
  consent_declined: ["alternative", "retry"],
  device_unsupported: ["redirect", "retry", "alternative"],
  under_supported_age: ["alternative"],
  phone_otp_declined: ["retry", "alternative"],
  email_verification_declined: ["retry", "alternative"],
  other: ["retry", "redirect", "alternative"],
};

/**
 * The flow that this deployment can offer for a single button.
 * @param {Settings} settings
 * @returns {Flow}
 */
function usualFlow(settings) {
  return settings.stripe_publishable_key ? "modal" : "redirect";
}

/**
 * The button that opens the check.
 * @param {Page} page
 * @param {string} id
 * @param {string} label
 * @param {Flow} [flow]
 * @returns {Action}
 */
export function checkAction(page, id, label, flow = usualFlow(page.settings)) {
  return { id, label, run: () => open(page, flow) };
}

/**
 * The alternative to Stripe's check, for a person who declines or cannot use it; empty when there
 * is none.
 * @param {Settings} settings
 * @returns {Action[]}
 */
export function alternative({ alternative_verification_url: href }) {
  return href ? [{ id: "alternative", label: t("action.alternative"), href }] : [];
}

/** @param {Page} page @param {Flow} flow */
async function open(page, flow) {
  const signedIn = session();
  if (!signedIn) return tokenRefused(page);
  notify(t("notice.opening"));
  remember();
  const outcome = await verifyIdentity({ token: signedIn.token, flow });
  if (outcome.status === "redirecting") return new Promise(() => {});
  if (outcome.status === "submitted") return page.follow();
  forgetLeaving();
  return refused(page, outcome);
}

/** @typedef {{ by: string, code: string, retryAfter?: number }} Refused */

/** @param {Page} page @param {Refused} outcome */
function refused(page, { by, code, retryAfter }) {
  const passing = passingNotice(code);
  if (passing) return notify(passing);
  if (code === "verification_in_progress") return page.follow();
  page.hold();
  if (code === "already_verified") return showVerified();
  if (code === "too_many_attempts") return showTooMany(page, retryAfter);
  if (code === "invalid_token") return tokenRefused(page);
  if (by === "stripe") return showRefusal(page, code);
  return notify(t("notice.other", { code }));
}

/** The token has run out, here or at the server. @param {Page} page */
export function tokenRefused(page) {
  page.signedOut(t("sign_in.expired"));
}

/** @param {Page} page @param {string} code */
function showRefusal(page, code) {
  const kind = /** @type {keyof typeof OFFERS} */ (
    hasMessage(`refusal.${code}.heading`) ? code : "other"
  );
  const actions = OFFERS[kind].flatMap((offer) => offered(page, offer));
  const text = [t(`refusal.${kind}.text`, { code }), ...contactUnless(actions)];
  show("refused", { heading: t(`refusal.${kind}.heading`), text, actions, code });
}

/** @param {Page} page @param {string} offer @returns {Action[]} */
function offered(page, offer) {
  if (offer === "alternative") return alternative(page.settings);
  if (offer === "retry") return [checkAction(page, "retry", t("action.retry"))];
  return [checkAction(page, "verify-redirect", t("action.redirect"), "redirect")];
}

/** @param {Page} page @param {number} [retryAfter] seconds */
function showTooMany({ settings }, retryAfter) {
  const time = retryAfter && formatTime(Date.now() + 1000 * retryAfter);
  const when = time ? t("state.too_many.text", { time }) : t("state.too_many.later");
  const actions = alternative(settings);
  show("too_many_attempts", { heading: t("state.too_many.heading"), text: [when], actions });
}

export function showVerified() {
  show("verified", { heading: t("state.verified.heading"), text: [t("state.verified.text")] });
}

/** Who to turn to where there is no alternative. @param {Action[]} actions */
export function contactUnless(actions) {
  return actions.some(({ id }) => id === "alternative") ? [] : [t("contact")];
}

let latest = "";

/**
 * Keep in mind how a verification stood when the visitor last saw it.
 * @param {Verification | null} found
 */
export function seen(found) {
  latest = found
    ? JSON.stringify([found.id, found.status, found.last_error?.code, found.updated])
    : "";
}

function remember() {
  sessionStorage.setItem(LEFT, latest);
}

/**
 * Whether a verification still stands as it did when the visitor left for Stripe, so that what is
 * stored may be older than what they have sent since.
 */
export function isUnchanged() {
  return sessionStorage.getItem(LEFT) === latest;
}

/** What is stored counts from now on. */
export function forgetLeaving() {
  sessionStorage.removeItem(LEFT);
}
