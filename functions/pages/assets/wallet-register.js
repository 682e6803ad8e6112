// @ts-check
/**
 * Registering a payment credential in a frame of a merchant's page. Here is no sign-in, since browsers
 * partition what a site stores in another's frames: the page around hands over the access token, and
 * only the merchant's own checkout origins, which the server wrote into this page, are heard.
 */

import { registerPaymentCredential } from "/client.js";
import { loadMessages, t } from "/assets/messages.js";
import { notRegistered } from "/assets/not-registered.js";
import { element, notify, once } from "/assets/page.js";

/** How long the page around may take to answer before the wallet is offered instead. */
const PATIENCE_MS = 5000;

/** Where the wallet helps: it may do what a frame may not, and a device is removed there. */
const ELSEWHERE = ["unsupported", "already_registered"];

const accountId = new URLSearchParams(location.search).get("account_id") ?? undefined;
const ancestors = (document.body.dataset.ancestors ?? "").split(" ").filter(Boolean);

/** Who framed this page and what they handed over. @type {{ token: string, origin: string } | null} */
let given = null;

addEventListener("message", ({ source, origin, data }) => {
  const token = data?.type === "countersign:token" ? data.token : undefined;
  if (source !== parent || !ancestors.includes(origin) || typeof token !== "string") return;
  given = { token, origin };
  element("register").setAttribute("aria-disabled", "false");
  document.body.dataset.ready = "";
});

start();

async function start() {
  try {
    await loadMessages();
  } catch (error) {
    document.documentElement.dataset.failed = "";
    throw error;
  }
  document.documentElement.dataset.ready = "";
  element("status").dataset.state = "ready";
  element("register").onclick = () => given && once(element("register"), register);
  if (parent === window) return offerWallet();
  // It holds nothing, so whoever frames this page may hear it.
  parent.postMessage({ type: "countersign:ready" }, "*");
  setTimeout(() => given ?? offerWallet(), PATIENCE_MS);
}

function offerWallet() {
  element("open-wallet").hidden = false;
}

async function register() {
  if (!given) return;
  const { token, origin } = given;
  notify(t("wallet.registering"));
  const outcome = await registerPaymentCredential({ token, accountId });
  if (outcome.status === "registered") {
    tell(origin, { type: "countersign:registered" });
    return showRegistered();
  }
  tell(origin, { type: "countersign:not-registered", code: outcome.code });
  element("status").dataset.code = outcome.code;
  const expired = outcome.code === "invalid_token";
  notify(expired ? t("wallet_register.expired") : notRegistered(outcome));
  if (expired || ELSEWHERE.includes(outcome.reason)) offerWallet();
}

/** @param {string} origin @param {{ type: string, code?: string }} message */
function tell(origin, message) {
  parent.postMessage(message, origin);
}

function showRegistered() {
  notify("");
  element("status").dataset.state = "registered";
  element("heading").textContent = t("registered.heading");
  const text = document.createElement("p");
  text.textContent = t("registered.text");
  element("detail").replaceChildren(text);
  element("register").hidden = true;
  element("open-wallet").hidden = true;
  element("heading").focus();
}
