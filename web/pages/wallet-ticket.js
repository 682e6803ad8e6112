// @ts-check
/**
 * The window that a frame of ours in a merchant's page has opened: the visitor signs in to their
 * wallet, sees whose page asks, and lets it set up this device. The frame gets a ticket for one
 * registration; the merchant's page gets nothing.
 */

import { Refusal, createRegistrationTicket, getMerchant } from "../client.js";
import { nameOf } from "./merchants.js";
import { t } from "./messages.js";
import { noticeOf } from "./notices.js";
import { forgetSignIn, notify, show, signInAction, start } from "./page.js";
import { session } from "./sign-in.js";
import { handOver, whoAsks } from "./ticket-window.js";

/** @typedef {import("./page.js").Settings} Settings */
/** @typedef {import("./ticket-window.js").Asking} Asking */
/** @typedef {import("/client.js").Merchant} Merchant */

/** How long the frame may take to say who asks. */
const PATIENCE_MS = 3000;

start(async (settings) => {
  const asking = await whoAsks(PATIENCE_MS);
  if (!asking) return showAlone();
  if (!session()) return showSignedOut(settings, "");
  return ask(settings, asking);
});

/** No frame of ours waits for this window; the wallet can do the same. */
function showAlone() {
  show("alone", {
    heading: t("wallet_ticket.alone.heading"),
    text: [t("wallet_ticket.alone.text")],
    actions: [{ id: "own", label: t("wallet.heading"), href: "/wallet" }],
  });
}

/** @param {Settings} settings @param {string} notice */
function showSignedOut(settings, notice) {
  forgetSignIn(settings);
  show("signed_out", {
    heading: t("wallet_ticket.heading"),
    text: [t("wallet_ticket.sign_in"), t("wallet_ticket.safe")],
    actions: [signInAction(settings)],
    notice,
  });
}

/** @param {Settings} settings @param {Asking} asking */
async function ask(settings, asking) {
  const signedIn = session();
  if (!signedIn) return showSignedOut(settings, t("sign_in.expired"));
  try {
    const { accountId } = asking;
    const merchant = await getMerchant({ token: signedIn.token, accountId });
    return showQuestion(settings, asking, merchant, signedIn.name);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.status === 401) return showSignedOut(settings, t("sign_in.expired"));
    const name = error.status === 404 ? "unknown" : "unavailable";
    const retry = { id: "retry", label: t("action.retry"), run: () => ask(settings, asking) };
    return show(name, {
      heading: t(`consent.${name}.heading`),
      text: [t(`wallet_ticket.${name}`)],
      actions: name === "unknown" ? [] : [retry],
      code: error.code,
    });
  }
}

/** @param {Settings} settings @param {Asking} asking @param {Merchant} merchant @param {string} who */
function showQuestion(settings, asking, merchant, who) {
  const name = nameOf(merchant);
  const account = t("consent.account", { account: merchant.account_id });
  show("asked", {
    heading: t("wallet_ticket.asked.heading", { name }),
    text: [
      merchant.payee_origin ?? account,
      t("wallet_ticket.asked.page", { origin: asking.origin }),
      who ? t("wallet_ticket.asked.wallet", { name: who }) : t("home.signed_in"),
      t("wallet_ticket.safe"),
    ],
    actions: [
      { id: "hand-over", label: t("wallet_ticket.yes"), run: () => give(settings, asking) },
      { id: "deny", label: t("wallet_ticket.no"), run: showDenied },
    ],
  });
}

/** @param {Settings} settings @param {Asking} asking */
async function give(settings, { accountId }) {
  const signedIn = session();
  if (!signedIn) return showSignedOut(settings, t("sign_in.expired"));
  const { token, name } = signedIn;
  try {
    const { ticket } = await createRegistrationTicket({ token, accountId });
    handOver({ ticket, name });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.status === 401) return showSignedOut(settings, t("sign_in.expired"));
    return notify(noticeOf(error.code));
  }
  showEnd("given");
  return window.close();
}

function showDenied() {
  showEnd("denied");
  window.close();
}

/** What is left to read where the browser does not close the window. @param {"given" | "denied"} name */
function showEnd(name) {
  show(name, {
    heading: t(`wallet_ticket.${name}.heading`),
    text: [t(`wallet_ticket.${name}.text`)],
  });
}
