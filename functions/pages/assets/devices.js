// @ts-check
/** The payment credentials of the wallet, which people know as their devices. */

import { deletePaymentCredential, listPaymentCredentials, trustBrowser } from "/client.js";
import { button, change, entry, line, showEntries } from "/assets/entries.js";
import { formatTime, t } from "/assets/messages.js";
import { ask } from "/assets/question.js";

/** @typedef {import("/assets/wallet.js").Wallet} Wallet */
/** @typedef {import("../client.js").PaymentCredential} Credential */

/** @param {Wallet} wallet */
export function showDevices(wallet) {
  return showEntries(wallet, "devices", async (token) => {
    const { data } = await listPaymentCredentials({ token });
    return data.map((credential) => device(wallet, credential));
  });
}

/** @param {Wallet} wallet @param {Credential} credential */
function device(wallet, credential) {
  const { created, last_used, backed_up, browser_keys } = credential;
  const time = formatTime(1000 * created);
  const used =
    last_used === null
      ? t("devices.unused")
      : t("devices.used", { time: formatTime(1000 * last_used) });
  const remove = button(t("devices.remove"), t("devices.remove.label", { time }), (pressed) =>
    askRemoval(wallet, credential, pressed),
  );
  const browsers = browser_keys.map((key) => browser(wallet, credential, key));
  const kept = backed_up ? t("devices.copied") : t("devices.single");
  return entry(t("devices.since", { time }), [used, kept, ...browsers, remove]);
}

/** @param {Wallet} wallet @param {Credential} credential @param {Credential["browser_keys"][0]} key */
function browser(wallet, { credential_id }, { id, status, created }) {
  const time = formatTime(1000 * created);
  const node = document.createElement("div");
  node.className = "browser";
  node.dataset.status = status;
  node.append(line(t(`browsers.${status}`, { time })));
  if (status === "trusted") return node;
  const words = {
    heading: t("browsers.trust.question"),
    text: t("browsers.trust.text", { time }),
    yes: t("browsers.trust"),
    no: t("browsers.trust.no"),
  };
  const trust = (/** @type {string} */ token) =>
    trustBrowser({ token, credentialId: credential_id, browserKeyId: id });
  const done = () => change(wallet, "devices", trust, t("browsers.trust.done"));
  node.append(button(words.yes, words.yes, (pressed) => ask(pressed, words, done)));
  return node;
}

/** @param {Wallet} wallet @param {Credential} credential @param {HTMLElement} pressed */
function askRemoval(wallet, { credential_id }, pressed) {
  const words = {
    heading: t("devices.remove.question"),
    text: t("devices.remove.text"),
    yes: t("devices.remove"),
    no: t("devices.keep"),
    grave: true,
  };
  const remove = (/** @type {string} */ token) =>
    deletePaymentCredential({ token, credentialId: credential_id });
  ask(pressed, words, () => change(wallet, "devices", remove, t("devices.removed")));
}
