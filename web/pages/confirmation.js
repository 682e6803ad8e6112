// @ts-check
/** Follows a verification to its end without reloading the page. */

import { Refusal, currentVerification } from "../client.js";
import { hasMessage, t } from "./messages.js";
import {
  forgetSignIn,
  isBusy,
  notify,
  show,
  showTestMode,
  signInAction,
  start,
} from "./page.js";
import { session } from "./sign-in.js";
import {
  alternative,
  checkAction,
  contactUnless,
  forgetLeaving,
  isUnchanged,
  seen,
  showVerified,
  tokenRefused,
} from "./verification.js";

const DELAYS_S = [1, 2, 4, 8, 15];
/** How long after a submission a state from before it is taken for not yet updated. */
const PATIENCE_MS = 20_000;
/** What a verification becomes nothing else from, as far as this page goes. */
const FINAL = ["verified", "canceled", "redacted", "failed", "refused", "none"];

/** @typedef {import("./verification.js").Page} Page */
/** @typedef {import("/client.js").Verification} Verification */
/** @typedef {import("./page.js").State} State */

start((settings) => {
  /** @type {Page} */
  const page = {
    settings,
    follow: () => {
      show("waiting", stateOf(page, "waiting"));
      follow(page);
    },
    hold: () => (following += 1),
    signedOut: (notice) => showSignedOut(page, notice),
  };
  return follow(page);
});

/** Counts up, so that whoever follows knows when somebody else does, or nobody should. */
let following = 0;

/** @param {Page} page */
async function follow(page) {
  const mine = (following += 1);
  const patience = Date.now() + PATIENCE_MS;
  for (let turn = 0; mine === following; turn += 1) {
    const signedIn = session();
    if (!signedIn) return showSignedOut(page);
    const found = await read(page, signedIn.token);
    if (mine !== following || found.stop) return;
    const shown = found.known && !isBusy() && present(page, found.verification, patience);
    if (shown && FINAL.includes(shown)) return;
    if (await pause(Math.max(delay(turn, patience), found.retryAfter ?? 0))) turn = -1;
  }
}

/**
 * Seconds until the next look; not beyond the end of the patience.
 * @param {number} turn
 * @param {number} patience
 */
function delay(turn, patience) {
  const left = (patience - Date.now()) / 1000;
  const usual = DELAYS_S[Math.min(turn, DELAYS_S.length - 1)];
  return left > 0 ? Math.min(usual, left + 0.1) : usual;
}

/**
 * One look: `known` when the server answered, with no `verification` when there is none.
 * @typedef {object} Reading
 * @property {true} [known]
 * @property {Verification} [verification]
 * @property {true} [stop]
 * @property {number} [retryAfter]
 */

/** @param {Page} page @param {string} token @returns {Promise<Reading>} */
async function read(page, token) {
  try {
    const verification = await currentVerification({ token });
    return { known: true, verification };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.status === 404) return { known: true };
    if (error.status === 401) {
      tokenRefused(page);
      return { stop: true };
    }
    const passing = !error.status || error.status >= 500 || error.status === 429;
    notify(passing ? t("notice.offline") : t("notice.other", { code: error.code }));
    return { retryAfter: error.retryAfter };
  }
}

/**
 * Show how a verification stands.
 * @param {Page} page
 * @param {Verification | undefined} found
 * @param {number} patience until when a state from before a submission is not believed
 * @returns {string} the name of the state
 */
function present(page, found, patience) {
  seen(found ?? null);
  if (found?.livemode === false) showTestMode();
  notify("");
  const name = nameOf(found, Date.now() < patience);
  if (name === "verified") showVerified();
  else show(name, stateOf(page, name, found?.last_error?.code));
  return name;
}

/** @param {Verification | undefined} found @param {boolean} patient */
function nameOf(found, patient) {
  if (!found) return "none";
  const { status } = found;
  if (status !== "requires_input")
    return hasMessage(`state.${status}.heading`) ? status : "waiting";
  if (patient && (!found.last_error || isUnchanged())) return "waiting";
  forgetLeaving();
  if (!found.last_error) return "unfinished";
  return found.retryable ? "failed" : "refused";
}

/** @param {Page} page @param {string} name @param {string} [code] @returns {State} */
function stateOf(page, name, code) {
  const heading = t(`state.${name}.heading`);
  const reason = t(hasMessage(`last_error.${code}`) ? `last_error.${code}` : "last_error.other");
  const another = alternative(page.settings);
  switch (name) {
    case "processing":
      return { heading, text: [t("state.processing.text"), t("state.processing.leave")] };
    case "unfinished":
      return {
        heading,
        text: [t("state.unfinished.text")],
        actions: [checkAction(page, "start", t("action.start"))],
      };
    case "failed": {
      const retry = checkAction(page, "retry", t("action.retry"));
      return {
        heading,
        text: [reason, t("state.failed.text")],
        actions: [retry, ...another],
        code,
      };
    }
    case "refused":
      return { heading, text: [reason, ...contactUnless(another)], actions: another, code };
    case "waiting":
      return { heading, text: [t("state.waiting.text")] };
    default:
      return { heading, text: [t(`state.${name}.text`)], actions: [toVerify(name)] };
  }
}

/** @param {string} name @returns {import("./page.js").Action} */
function toVerify(name) {
  const label = name === "none" ? t("action.verify") : t("action.new");
  return { id: "go-verify", label, href: "/verify" };
}

/** @param {Page} page @param {string} [notice] */
function showSignedOut({ settings }, notice) {
  forgetSignIn(settings);
  const heading = t("state.signed_out.heading");
  const text = [t("state.signed_out.text")];
  show("signed_out", { heading, text, actions: [signInAction(settings)], notice });
}

/**
 * Wait, and while the page is hidden until it is seen again; whether it was hidden.
 * @param {number} seconds
 */
async function pause(seconds) {
  await new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
  if (document.visibilityState === "visible") return false;
  await new Promise((resolve) =>
    document.addEventListener("visibilitychange", resolve, { once: true }),
  );
  return true;
}
