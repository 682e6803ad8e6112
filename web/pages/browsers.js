// @ts-check
/**
 * The browsers that a device was used in: what each is trusted for, the new ones approved in one that
 * is trusted, and each removed.
 */

import { approveBrowser, removeBrowser } from "../client.js";
import { button, change, line } from "./entries.js";
import { formatTime, t } from "./messages.js";
import { noticeOf } from "./notices.js";
import { ask } from "./question.js";

/** @typedef {import("./wallet.js").Wallet} Wallet */
/** @typedef {import("/client.js").PaymentCredential} Credential */
/** @typedef {{ credentialId: string, browserKeyId: string }} Browser */

/** Why a browser was not trusted, where there is more to say than of any refusal. */
const REASONS = {
  trusted_browser_required: "browsers.elsewhere",
  no_trusted_browser: "browsers.earn",
  unsupported: "browsers.elsewhere",
  not_supported: "browsers.elsewhere",
  no_credential_or_other_way: "browsers.elsewhere",
  cancelled: "browsers.cancelled",
  browser_key_not_found: "browsers.gone",
  credential_not_found: "browsers.gone",
};

/**
 * @param {Wallet} wallet
 * @param {Credential} credential
 * @param {Credential["browser_keys"][0]} key
 * @param {boolean} trusting whether anything is trusted that a new browser can be approved with
 */
export function browser(wallet, { credential_id, suspended }, key, trusting) {
  const { id, status, created } = key;
  const time = formatTime(1000 * created);
  const which = { credentialId: credential_id, browserKeyId: id };
  const node = document.createElement("div");
  node.className = "browser";
  node.dataset.status = status;
  node.append(line(stateOf(key, time)));
  if (status === "pending" && !suspended) {
    const label = t("browsers.trust.label", { time });
    const press = (/** @type {HTMLElement} */ pressed) => askTrust(wallet, which, time, pressed);
    const way = trusting ? button(t("browsers.trust"), label, press) : line(t("browsers.earn"));
    node.append(way);
  }
  const label = t("browsers.remove.label", { time });
  node.append(
    button(t("browsers.remove"), label, (pressed) => askRemoval(wallet, which, pressed)),
  );
  return node;
}

/** What a browser is trusted for. @param {Credential["browser_keys"][0]} key @param {string} time */
function stateOf({ status, everywhere, accounts }, time) {
  if (status === "pending") return t("browsers.pending", { time });
  if (everywhere) return t("browsers.everywhere", { time });
  return t("browsers.trusted", { time, merchants: String(accounts.length) });
}

/**
 * @param {Wallet} wallet
 * @param {Browser} which
 * @param {string} time
 * @param {HTMLElement} pressed
 */
function askTrust(wallet, which, time, pressed) {
  const words = {
    heading: t("browsers.trust.question"),
    text: t("browsers.approve.text", { time }),
    yes: t("browsers.approve"),
    no: t("browsers.trust.no"),
  };
  const trust = (/** @type {string} */ token) =>
    approveBrowser({ token, ...which, label: t("browsers.approve.total") });
  const done = t("browsers.trust.done");
  ask(pressed, words, () => change(wallet, "devices", trust, done, notTrusted));
}

/** @param {{ code: string }} refusal */
function notTrusted({ code }) {
  const known = Object.hasOwn(REASONS, code) && /** @type {any} */ (REASONS)[code];
  return known ? t(known) : noticeOf(code);
}

/** @param {Wallet} wallet @param {Browser} which @param {HTMLElement} pressed */
function askRemoval(wallet, which, pressed) {
  const words = {
    heading: t("browsers.remove.question"),
    text: t("browsers.remove.text"),
    yes: t("browsers.remove"),
    no: t("browsers.keep"),
    grave: true,
  };
  const remove = (/** @type {string} */ token) => removeBrowser({ token, ...which });
  ask(pressed, words, () => change(wallet, "devices", remove, t("browsers.removed")));
}
