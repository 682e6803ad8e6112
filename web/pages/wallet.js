// @ts-check
/** The payment wallet: this device is set up, and what was set up and allowed is listed and ended. */

import { registerPaymentCredential } from "../client.js";
import { askedBy, showRequest } from "./consent.js";
import { showDevices } from "./devices.js";
import { showMerchants } from "./merchants.js";
import { t } from "./messages.js";
import { notRegistered } from "./not-registered.js";
import { element, forgetSignIn, notify, show, signInAction, start } from "./page.js";
import { session } from "./sign-in.js";

/** @typedef {import("./page.js").Action} Action */

/**
 * What the parts of the page need: the token (null when nobody is signed in any more, which is shown
 * then), what to do with a refusal (true when it ended the sign-in), the button that sets this device
 * up, and to have the lists read again.
 * @typedef {object} Wallet
 * @property {() => string | null} token
 * @property {(error: { status?: number }) => boolean} handleRefusal
 * @property {(then: () => Action[]) => Action} register
 * @property {() => Promise<unknown>} refresh
 */

start(async (settings) => {
  const signedOut = (/** @type {string} */ notice) => {
    for (const part of ["devices", "merchants"]) element(part).hidden = true;
    forgetSignIn(settings);
    show("signed_out", {
      heading: t("wallet.heading"),
      text: [t("wallet.lead"), t("wallet.sign_in")],
      actions: [signInAction(settings)],
      notice,
    });
  };
  /** @type {Wallet} */
  const wallet = {
    token: () => {
      const signedIn = session();
      if (!signedIn) signedOut(t("sign_in.expired"));
      return signedIn && signedIn.token;
    },
    handleRefusal: ({ status }) => {
      if (status === 401) signedOut(t("sign_in.expired"));
      return status === 401;
    },
    register: (then) => ({
      id: "register",
      label: t("wallet.register"),
      run: () => register(wallet, then),
    }),
    refresh: () => Promise.all([showDevices(wallet), showMerchants(wallet)]),
  };
  if (!session()) return signedOut("");
  if (!settings.spc_rp_id) showUnconfigured([]);
  else if (askedBy()) await showRequest(wallet, () => showOwn(wallet));
  else showOwn(wallet);
  return wallet.refresh();
});

/** @param {Wallet} wallet */
function showOwn(wallet) {
  const { name } = session() ?? {};
  const who = name ? t("home.signed_in_as", { name }) : t("home.signed_in");
  const actions = [wallet.register(() => [])];
  show("ready", { heading: t("wallet.heading"), text: [t("wallet.lead"), who], actions });
}

/**
 * Set this device up; `then` gives what can be done next.
 * @param {Wallet} wallet
 * @param {() => Action[]} then
 */
async function register(wallet, then) {
  const token = wallet.token();
  if (!token) return undefined;
  notify(t("wallet.registering"));
  const outcome = await registerPaymentCredential({ token });
  if (outcome.status === "not_registered") {
    if (outcome.code === "invalid_token") return wallet.handleRefusal({ status: 401 });
    if (outcome.code === "spc_misconfigured") return showUnconfigured(then());
    return notify(notRegistered(outcome));
  }
  // Not waited for, since what is offered next can be pressed at once.
  wallet.refresh();
  return show("registered", {
    heading: t("registered.heading"),
    text: [t("registered.text")],
    actions: then(),
  });
}

/** No device can be set up here, so none is offered any more. @param {Action[]} actions */
function showUnconfigured(actions) {
  const text = [t("notice.spc_misconfigured")];
  show("unconfigured", { heading: t("wallet.heading"), text, actions });
}
