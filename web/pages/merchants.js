// @ts-check
/** The merchants that the visitor has allowed to ask for confirmations. */

import { allowMerchant, endMerchant, listMerchants } from "../client.js";
import { button, change, entry, showEntries } from "./entries.js";
import { formatTime, t } from "./messages.js";
import { once } from "./page.js";
import { ask } from "./question.js";

/** @typedef {import("./wallet.js").Wallet} Wallet */
/** @typedef {import("/client.js").Merchant} Merchant */

/** @param {Wallet} wallet */
export function showMerchants(wallet) {
  return showEntries(wallet, "merchants", async (token) => {
    const all = await readAll(token);
    return all.map((merchant) => row(wallet, merchant));
  });
}

/** @param {string} token */
async function readAll(token) {
  const all = [];
  let cursor;
  do {
    /** @type {{ data: Merchant[], next_cursor: string | null }} */
    const page = await listMerchants({ token, cursor });
    all.push(...page.data);
    cursor = page.next_cursor ?? undefined;
  } while (cursor);
  return all;
}

/** What a merchant is called. @param {Merchant} merchant */
export function nameOf({ payee_name, payee_origin, account_id }) {
  return payee_name ?? payee_origin ?? account_id;
}

/** @param {Wallet} wallet @param {Merchant} merchant */
function row(wallet, merchant) {
  const name = nameOf(merchant);
  const { created, payee_origin, status, account_id: accountId } = merchant;
  const suspended = status === "suspended";
  const parts = [
    ...(payee_origin && payee_origin !== name ? [payee_origin] : []),
    ...(created === null ? [] : [t("merchants.since", { time: formatTime(1000 * created) })]),
    ...(suspended ? [t("merchants.suspended"), allowAgain(wallet, accountId, name)] : []),
    button(t("merchants.end"), t("merchants.end.label", { name }), (pressed) =>
      askEnd(wallet, accountId, name, pressed),
    ),
  ];
  return entry(name, parts);
}

/** @param {Wallet} wallet @param {string} accountId @param {string} name */
function allowAgain(wallet, accountId, name) {
  const allow = (/** @type {string} */ token) => allowMerchant({ token, accountId });
  const run = () => change(wallet, "merchants", allow, t("merchants.resumed", { name }));
  const label = t("merchants.again.label", { name });
  return button(t("merchants.again"), label, (pressed) => once(pressed, run));
}

/** @param {Wallet} wallet @param {string} accountId @param {string} name @param {HTMLElement} pressed */
function askEnd(wallet, accountId, name, pressed) {
  const words = {
    heading: t("merchants.end.question", { name }),
    text: t("merchants.end.text"),
    yes: t("merchants.end"),
    no: t("merchants.keep"),
    grave: true,
  };
  const end = (/** @type {string} */ token) => endMerchant({ token, accountId });
  ask(pressed, words, () => change(wallet, "merchants", end, t("merchants.ended", { name })));
}
