// @ts-check
/** What all pages share: the start, the account bar, and a card that shows one state at a time. */

import { publicSettings } from "../client.js";
import { loadMessages, t } from "./messages.js";
import { SignInError, forget, session, signIn, signOut } from "./sign-in.js";

/** @typedef {import("/client.js").PublicSettings} Settings */
/**
 * One thing a visitor can do next: a link (`href`) or a button (`run`).
 * @typedef {object} Action
 * @property {string} id
 * @property {string} label
 * @property {boolean} [quiet] a line of text rather than a button
 * @property {string} [href]
 * @property {() => unknown} [run]
 */
/**
 * What the card says; `code` is the reason, for who reads the page's code.
 * @typedef {object} State
 * @property {string} heading
 * @property {string[]} text
 * @property {Action[]} [actions]
 * @property {string} [notice]
 * @property {string} [code]
 */

/** @param {string} id @returns {HTMLElement} */
export function element(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`no #${id}`);
  return found;
}

/**
 * Run a page once its words and settings are there.
 * @param {(settings: Settings) => unknown} main
 */
export async function start(main) {
  // A page that the browser kept from before may be signed out or outdated by now.
  addEventListener("pageshow", (event) => event.persisted && location.reload());
  try {
    const [settings] = await Promise.all([publicSettings(), loadMessages()]);
    showAccount(settings);
    if (settings.stripe_publishable_key.startsWith("pk_test_")) showTestMode();
    document.documentElement.dataset.ready = "";
    await main(settings);
  } catch (error) {
    document.documentElement.dataset.failed = "";
    throw error;
  }
}

export function showTestMode() {
  element("test-mode").hidden = false;
}

/** @param {Settings} settings */
function showAccount(settings) {
  const { name } = session() ?? {};
  element("account").hidden = name === undefined;
  element("account-name").textContent = name
    ? t("account.signed_in_as", { name })
    : t("account.signed_in");
  element("sign-out").onclick = () => signOut(settings);
}

let shown = "";
let busy = false;

/**
 * Show a state of the page and move to its heading. What is shown already stays untouched, so that
 * following a status does not take the visitor from where they are.
 * @param {string} name
 * @param {State} state
 */
export function show(name, { heading, text, actions = [], notice = "", code = "" }) {
  const before = shown;
  shown = JSON.stringify([name, code, heading, text]);
  notify(notice);
  if (shown !== before) {
    Object.assign(element("status").dataset, { state: name, code });
    element("heading").textContent = heading;
    document.title = `${heading} · ${t("site.name")}`;
    element("detail").replaceChildren(...text.map(paragraph));
    element("actions").replaceChildren(...actions.map(control));
  }
  if (before !== "" && (busy || shown !== before)) element("heading").focus();
}

/** Say something without taking the visitor from where they are. @param {string} text */
export function notify(text) {
  element("notice").textContent = text;
}

/** @param {string} text */
function paragraph(text) {
  const node = document.createElement("p");
  node.textContent = text;
  return node;
}

/** @param {Action} action @param {number} index */
function control({ id, label, quiet, href, run }, index) {
  const node = document.createElement(href ? "a" : "button");
  if (node instanceof HTMLAnchorElement) node.href = href ?? "";
  else node.type = "button";
  node.id = id;
  node.textContent = label;
  node.className = quiet ? "link" : `button ${index === 0 ? "primary" : "secondary"}`;
  node.onclick = run ? () => once(node, run) : null;
  return node;
}

/** Whether an action is running, so that the page must stay as it is. */
export function isBusy() {
  return busy;
}

/**
 * Run an action; further clicks are ignored until it has ended.
 * @param {HTMLElement} button
 * @param {() => unknown} run
 */
export async function once(button, run) {
  if (busy) return;
  setBusy(button, true);
  try {
    await run();
  } catch (error) {
    notify(t("notice.other", { code: "unexpected" }));
    throw error;
  } finally {
    setBusy(button, false);
    // A modal that closed took the keyboard's place with it.
    if (document.activeElement === document.body) button.focus();
  }
}

/** @param {HTMLElement} button @param {boolean} value */
function setBusy(button, value) {
  busy = value;
  button.toggleAttribute("data-busy", value);
  // Not `disabled`, which would drop the keyboard's place on the page.
  for (const other of document.querySelectorAll("#actions > *")) {
    other.setAttribute("aria-disabled", String(value));
  }
}

/**
 * Leave for another page; what was begun stays busy until the browser is there.
 * @param {string} url
 */
export function leave(url) {
  location.assign(url);
  return new Promise(() => {});
}

/**
 * The button that signs in and comes back, here or to the page given.
 * @param {Settings} settings
 * @param {string} [returnTo]
 * @returns {Action}
 */
export function signInAction(settings, returnTo) {
  const run = async () => {
    notify(t("sign_in.opening"));
    try {
      await signIn(settings, returnTo);
      await new Promise(() => {});
    } catch (error) {
      if (!(error instanceof SignInError)) throw error;
      notify(t(`sign_in.${error.reason}`));
    }
  };
  return { id: "sign-in", label: t("sign_in.button"), run };
}

/** Nobody is signed in any more, and the bar says so. @param {Settings} settings */
export function forgetSignIn(settings) {
  forget();
  showAccount(settings);
}
