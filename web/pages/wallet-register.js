// @ts-check
/**
 * Registering a payment credential in a frame of a merchant's page. Here is no sign-in, since browsers
 * partition what a site stores in another's frames. The page around hands over a ticket of its server's;
 * without one, or for another wallet, a window of ours does. Only the merchant's own checkout origins,
 * which the server wrote into this page, are heard, and once: a page that could change the ticket later
 * could change the wallet under the visitor's finger.
 */

import { Refusal } from "../client.js";
import { beginWithTicket, registerWithTicket } from "../client/ticket-registration.js";
import { loadMessages, t } from "./messages.js";
import { notRegistered } from "./not-registered.js";
import { noticeOf } from "./notices.js";
import { element, notify, once } from "./page.js";
import { openTicketWindow } from "./ticket-window.js";

/** How long the page around may take to answer before the wallet is offered instead. */
const PATIENCE_MS = 5000;
/** How long what was begun is used for a click; after that, it is begun again. */
const FRESH_MS = 120_000;
/** Where the wallet helps: it may do what a frame may not, and a device is removed there. */
const ELSEWHERE = ["unsupported", "already_registered"];
/** The ticket is of no use any more, or never was. */
const USELESS = ["unknown_ticket", "ticket_already_used", "ticket_expired"];

const accountId = new URLSearchParams(location.search).get("account_id") ?? "";
const ancestors = (document.body.dataset.ancestors ?? "").split(" ").filter(Boolean);

/** The origin of the page around, once it has spoken. */
let shop = "";
/**
 * The wallet that this device is to be set up in. `name` is how the person signed in in the window;
 * a ticket of the merchant's says by itself what the business calls them.
 * @type {{ ticket: string, name: string, begun: any, time: number } | null}
 */
let chosen = null;

addEventListener("message", ({ source, origin, data }) => {
  const heard = data?.type === "countersign:ticket" && source === parent && shop === "";
  if (!heard || !ancestors.includes(origin)) return;
  shop = origin;
  if (typeof data.ticket === "string") return take(data.ticket, "");
  return offerChoice();
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
  element("register").onclick = () => chosen && once(element("register"), register);
  element("choose").onclick = choose;
  if (parent === window) return offerWallet();
  // It holds nothing, so whoever frames this page may hear it.
  parent.postMessage({ type: "countersign:ready" }, "*");
  setTimeout(() => shop || offerWallet(), PATIENCE_MS);
}

/** Learn from a ticket whose wallet it is, and say so. @param {string} ticket @param {string} name */
async function take(ticket, name) {
  try {
    chosen = await begin(ticket, name);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return refused(error.code);
  }
  const said = name ? "wallet_register.owner" : "wallet_register.named";
  element("owner").textContent = t(said, { name: chosen.begun.publicKey.user.displayName });
  element("owner").hidden = false;
  element("register").hidden = false;
  element("register").setAttribute("aria-disabled", "false");
  element("choose").hidden = false;
  element("choose").className = "link";
  element("choose").textContent = t("wallet_register.other");
  element("status").dataset.state = "owned";
  return notify("");
}

/** @param {string} ticket @param {string} name */
async function begin(ticket, name) {
  const begun = await beginWithTicket(ticket);
  // The device's own dialog, too, says whose wallet it is.
  if (name) Object.assign(begun.publicKey.user, { name, displayName: name });
  return { ticket, name, begun, time: performance.now() };
}

/** Nobody has said whose wallet it is: the visitor does, in a window of ours. */
function offerChoice() {
  chosen = null;
  element("owner").textContent = t("wallet_register.whose");
  element("owner").hidden = false;
  element("register").hidden = true;
  element("choose").hidden = false;
  element("choose").className = "button primary";
  element("choose").textContent = t("wallet_register.choose");
  element("status").dataset.state = "unowned";
}

function choose() {
  notify(t("wallet_register.opened"));
  const opened = openTicketWindow({ accountId, origin: shop }, ({ ticket, name }) =>
    take(ticket, name),
  );
  if (opened) return;
  notify(t("wallet_register.blocked"));
  offerWallet();
}

function offerWallet() {
  element("open-wallet").hidden = false;
}

async function register() {
  if (!chosen) return undefined;
  notify(t("wallet.registering"));
  try {
    if (performance.now() - chosen.time > FRESH_MS) {
      chosen = await begin(chosen.ticket, chosen.name);
    }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return refused(error.code);
  }
  const outcome = await registerWithTicket(chosen.ticket, chosen.begun);
  if (outcome.status === "registered") {
    tell({ type: "countersign:registered" });
    return showRegistered();
  }
  if (outcome.reason === "refused") chosen.time = -Infinity;
  if (USELESS.includes(outcome.code)) return refused(outcome.code);
  tell({ type: "countersign:not-registered", code: outcome.code });
  element("status").dataset.code = outcome.code;
  if (ELSEWHERE.includes(outcome.reason)) offerWallet();
  return notify(notRegistered(outcome));
}

/** A ticket did not lead to a registration. @param {string} code */
function refused(code) {
  tell({ type: "countersign:not-registered", code });
  element("status").dataset.code = code;
  if (USELESS.includes(code) || code === "installation_not_found") offerChoice();
  const full = code === "too_many_credentials";
  if (full) offerWallet();
  notify(USELESS.includes(code) ? t("wallet_register.useless") : full ? t("not_registered.full") : noticeOf(code));
}

/** @param {{ type: string, code?: string }} message */
function tell(message) {
  parent.postMessage(message, shop);
}

function showRegistered() {
  notify("");
  element("status").dataset.state = "registered";
  element("heading").textContent = t("registered.heading");
  const text = document.createElement("p");
  text.textContent = t("registered.text");
  element("detail").replaceChildren(text);
  for (const part of ["register", "choose", "open-wallet"]) element(part).hidden = true;
  element("heading").focus();
}
