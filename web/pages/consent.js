// @ts-check
/**
 * A merchant's page has sent the visitor here to be allowed: `account_id` is who, `return_to` where
 * the visitor goes on to, with the merchant's handle for them in the fragment, and `state` what that
 * page knows its own request by. The server decides whether `return_to` is the merchant's.
 */

import { Refusal, allowMerchant, getMerchant, listPaymentCredentials } from "../client.js";
import { nameOf } from "./merchants.js";
import { t } from "./messages.js";
import { noticeOf } from "./notices.js";
import { leave, notify, show } from "./page.js";

/** @typedef {import("./wallet.js").Wallet} Wallet */
/** @typedef {import("/client.js").Merchant} Merchant */

const asked = new URLSearchParams(location.search);
/** Whether the visitor has set up a device. */
let equipped = false;

/** The account that asks, if one does. */
export function askedBy() {
  return asked.get("account_id");
}

/**
 * @param {Wallet} wallet
 * @param {() => unknown} showOwn
 * @returns {Promise<unknown>}
 */
export async function showRequest(wallet, showOwn) {
  const token = wallet.token();
  const accountId = askedBy() ?? "";
  if (!token) return undefined;
  try {
    const reading = [getMerchant({ token, accountId }), listPaymentCredentials({ token })];
    const [merchant, { data }] = /** @type {[Merchant, any]} */ (await Promise.all(reading));
    equipped = data.length > 0;
    return showQuestion(wallet, merchant);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (wallet.handleRefusal(error)) return undefined;
    return showNothing(wallet, showOwn, error);
  }
}

/** @param {Wallet} wallet @param {() => unknown} showOwn @param {Refusal} error */
function showNothing(wallet, showOwn, { status, code }) {
  const known = status === 404 || status === 422;
  const name = known ? "unknown" : "unavailable";
  const retry = {
    id: "retry",
    label: t("action.retry"),
    run: () => showRequest(wallet, showOwn),
  };
  const own = { id: "own", label: t("wallet.heading"), run: showOwn };
  show(name, {
    heading: t(`consent.${name}.heading`),
    text: [t(`consent.${name}.text`)],
    actions: known ? [own] : [retry, own],
    code,
  });
}

/** @param {Wallet} wallet @param {Merchant} merchant */
function showQuestion(wallet, merchant) {
  if (merchant.status === "active") return showKnown(wallet, merchant);
  const name = nameOf(merchant);
  const who = merchant.payee_origin ?? t("consent.account", { account: merchant.account_id });
  const before = merchant.status === "suspended" ? [t("consent.suspended")] : [];
  return show("asked", {
    heading: t("consent.heading", { name }),
    text: [who, t("consent.text"), ...before],
    actions: [
      { id: "allow", label: t("consent.allow"), run: () => allow(wallet, merchant, true) },
      { id: "deny", label: t("consent.deny"), run: () => showDenied(name) },
    ],
  });
}

/** @param {Wallet} wallet @param {Merchant} merchant */
function showKnown(wallet, merchant) {
  const name = nameOf(merchant);
  const run = () => allow(wallet, merchant, false);
  const back = asked.has("return_to")
    ? [{ id: "back", label: t("wallet.back", { name }), run }]
    : [];
  const register = wallet.register(() => back);
  show("known", {
    heading: t("consent.known.heading", { name }),
    text: [equipped ? t("consent.known.text") : t("consent.device")],
    actions: equipped ? [...back, register] : [register, ...back],
  });
}

/** @param {string} name */
function showDenied(name) {
  show("denied", {
    heading: t("consent.denied.heading"),
    text: [t("consent.denied.text", { name })],
  });
}

/**
 * Allow it, and go back to the merchant's page; whoever has no device yet can set one up before.
 * @param {Wallet} wallet
 * @param {Merchant} merchant
 * @param {boolean} offer
 */
async function allow(wallet, merchant, offer) {
  const token = wallet.token();
  if (!token) return undefined;
  const name = nameOf(merchant);
  try {
    const returnTo = asked.get("return_to") ?? undefined;
    const { payer, return_to } = await allowMerchant({
      token,
      accountId: merchant.account_id,
      returnTo,
    });
    const address = return_to && withHandle(return_to, payer);
    if (address && (equipped || !offer)) return await leave(address);
    return showAllowed(wallet, name, address);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (wallet.handleRefusal(error)) return undefined;
    if (error.code === "return_to_not_allowed") return showStray(name);
    return notify(noticeOf(error.code));
  }
}

/**
 * @param {Wallet} wallet
 * @param {string} name
 * @param {string | null} address
 */
function showAllowed(wallet, name, address) {
  const back = { id: "back", label: t("wallet.back", { name }), href: address ?? "" };
  const ways = address ? [back] : [];
  show("allowed", {
    heading: t("consent.allowed.heading", { name }),
    text: [t("consent.allowed.text"), ...(equipped ? [] : [t("consent.device")])],
    actions: equipped ? ways : [wallet.register(() => ways), ...ways],
  });
  wallet.refresh();
}

/** @param {string} name */
function showStray(name) {
  show("stray", {
    heading: t("consent.stray.heading"),
    text: [t("consent.stray.text", { name })],
  });
}

/** The fragment reaches no server and no log. @param {string} address @param {string} payer */
function withHandle(address, payer) {
  const state = asked.get("state");
  return `${address}#${new URLSearchParams({ payer, ...(state === null ? {} : { state }) })}`;
}
