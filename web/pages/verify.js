// @ts-check
import { Refusal, currentVerification } from "../client.js";
import { t } from "./messages.js";
import {
  forgetSignIn,
  leave,
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
  seen,
  showVerified,
  tokenRefused,
} from "./verification.js";

/** How long the buttons wait for what is known of an earlier check. */
const PATIENCE_MS = 4000;

/** @typedef {import("./verification.js").Page} Page */

start(async (settings) => {
  /** @type {Page} */
  const page = {
    settings,
    follow: () => leave("/confirmation"),
    hold: () => {},
    signedOut: (notice) => showSignedOut(page, notice),
  };
  const signedIn = session();
  if (!signedIn) return showSignedOut(page);
  notify(t("site.loading"));
  return proceed(page, await earlier(signedIn.token));
});

/** @param {Page} page @param {import("/client.js").Verification | Refusal | null} found */
function proceed(page, found) {
  if (found instanceof Refusal) {
    return found.status === 401 ? tokenRefused(page) : showReady(page);
  }
  seen(found);
  if (found?.livemode === false) showTestMode();
  if (found?.status === "verified") return showVerified();
  if (found?.status === "processing") return page.follow();
  return showReady(page);
}

/** What became of an earlier check, unless that takes long. @param {string} token */
function earlier(token) {
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS, null));
  const read = currentVerification({ token }).catch((error) => error);
  return Promise.race([read, late]);
}

/** @param {Page} page */
function showReady(page) {
  const { settings } = page;
  const actions = [checkAction(page, "verify-redirect", t("verify.redirect"), "redirect")];
  if (settings.stripe_publishable_key) {
    actions.unshift(checkAction(page, "verify-modal", t("verify.modal"), "modal"));
  }
  for (const link of alternative(settings)) {
    actions.push({ ...link, label: t("verify.alternative"), quiet: true });
  }
  show("ready", { heading: t("verify.heading"), text: [t("verify.lead")], actions });
}

/** @param {Page} page @param {string} [notice] */
function showSignedOut({ settings }, notice) {
  forgetSignIn(settings);
  const text = [t("verify.lead"), t("verify.sign_in")];
  show("signed_out", {
    heading: t("verify.heading"),
    text,
    actions: [signInAction(settings)],
    notice,
  });
}
