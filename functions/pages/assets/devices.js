// @ts-check
/** The payment credentials of the wallet, which people know as their devices. */

import { deletePaymentCredential, listPaymentCredentials } from "/client.js";
import { browser } from "/assets/browsers.js";
import { button, change, entry, showEntries } from "/assets/entries.js";
import { formatTime, t } from "/assets/messages.js";
import { ask } from "/assets/question.js";

/** @typedef {import("/assets/wallet.js").Wallet} Wallet */
/** @typedef {import("../client.js").PaymentCredential} Credential */

/** @param {Wallet} wallet */
export function showDevices(wallet) {
  return showEntries(wallet, "devices", async (token) => {
    const { data } = await listPaymentCredentials({ token });
    const keys = data.flatMap(({ browser_keys }) => browser_keys);
    const trusting = keys.some(({ status }) => status === "trusted");
    return data.map((credential) => device(wallet, credential, trusting));
  });
}

/** @param {Wallet} wallet @param {Credential} credential @param {boolean} trusting any browser */
function device(wallet, credential, trusting) {
  const { created, last_used, backed_up, browser_keys } = credential;
  const time = formatTime(1000 * created);
  const used =
    last_used === null
      ? t("devices.unused")
      : t("devices.used", { time: formatTime(1000 * last_used) });
  const remove = button(t("devices.remove"), t("devices.remove.label", { time }), (pressed) =>
    askRemoval(wallet, credential, pressed),
  );
  const browsers = browser_keys.map((key) => browser(wallet, credential, key, trusting));
  const kept = backed_up ? t("devices.copied") : t("devices.single");
  return entry(t("devices.since", { time }), [used, kept, ...browsers, remove]);
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
