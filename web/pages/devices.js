// @ts-check
/** The payment credentials of the wallet, which people know as their devices. */

import { deletePaymentCredential, listPaymentCredentials } from "../client.js";
import { browser } from "./browsers.js";
import { button, change, entry, showEntries } from "./entries.js";
import { formatTime, t } from "./messages.js";
import { ask } from "./question.js";

/** @typedef {import("./wallet.js").Wallet} Wallet */
/** @typedef {import("/client.js").PaymentCredential} Credential */

/** @param {Wallet} wallet */
export function showDevices(wallet) {
  return showEntries(wallet, "devices", async (token) => {
    const { data } = await listPaymentCredentials({ token });
    const usable = data.filter(({ suspended }) => !suspended);
    const trusting = usable
      .flatMap(({ trusted, browser_keys }) => [trusted, ...browser_keys])
      .some(({ everywhere, accounts }) => everywhere || accounts.length > 0);
    return data.map((credential) => device(wallet, credential, trusting));
  });
}

/** @param {Wallet} wallet @param {Credential} credential @param {boolean} trusting anything */
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
  const states = [...stateOf(credential), kept];
  const node = entry(t("devices.since", { time }), [used, ...states, ...browsers, remove]);
  node.dataset.status = credential.suspended ? "suspended" : "usable";
  return node;
}

/** What there is to know of a device itself. @param {Credential} credential */
function stateOf({ suspended, trusted }) {
  if (suspended) return [t("devices.suspended")];
  if (trusted.everywhere) return [t("devices.everywhere")];
  const merchants = String(trusted.accounts.length);
  return trusted.accounts.length > 0 ? [t("devices.trusted", { merchants })] : [];
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
