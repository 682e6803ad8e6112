// @ts-check
/** The browsers that a device was used in: the new ones can be trusted, and each can be removed. */

import { approveBrowser, removeBrowser, trustBrowser } from "/client.js";
import { button, change, line } from "/assets/entries.js";
import { formatTime, t } from "/assets/messages.js";
import { noticeOf } from "/assets/notices.js";
import { ask } from "/assets/question.js";

/** @typedef {import("/assets/wallet.js").Wallet} Wallet */
/** @typedef {import("../client.js").PaymentCredential} Credential */
/** @typedef {{ credentialId: string, browserKeyId: string }} Browser */

/** Why a browser was not trusted, where there is more to say than of any refusal. */
const REASONS = {
  trusted_browser_required: "browsers.elsewhere",
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
 * @param {boolean} trusting whether any browser is trusted, in which the new ones are approved then
 */
export function browser(wallet, { credential_id }, { id, status, created }, trusting) {
  const time = formatTime(1000 * created);
  const which = { credentialId: credential_id, browserKeyId: id };
  const node = document.createElement("div");
  node.className = "browser";
  node.dataset.status = status;
  node.append(line(t(`browsers.${status}`, { time })));
  if (status === "pending") {
    const label = t("browsers.trust.label", { time });
    const press = (/** @type {HTMLElement} */ pressed) =>
      askTrust(wallet, which, time, trusting, pressed);
    node.append(button(t("browsers.trust"), label, press));
  }
  const label = t("browsers.remove.label", { time });
  node.append(
    button(t("browsers.remove"), label, (pressed) => askRemoval(wallet, which, pressed)),
  );
  return node;
}

/**
 * @param {Wallet} wallet
 * @param {Browser} which
 * @param {string} time
 * @param {boolean} trusting
 * @param {HTMLElement} pressed
 */
function askTrust(wallet, which, time, trusting, pressed) {
  const words = {
    heading: t("browsers.trust.question"),
    text: t(trusting ? "browsers.approve.text" : "browsers.trust.text", { time }),
    yes: t(trusting ? "browsers.approve" : "browsers.trust"),
    no: t("browsers.trust.no"),
  };
  const trust = (/** @type {string} */ token) =>
    trusting
      ? approveBrowser({ token, ...which, label: t("browsers.approve.total") })
      : trustBrowser({ token, ...which });
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
