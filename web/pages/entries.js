// @ts-check
/** A list of the wallet: its entries, and what there is to say of it. */

import { Refusal } from "../client.js";
import { t } from "./messages.js";
import { noticeOf } from "./notices.js";
import { element, once } from "./page.js";
import { session } from "./sign-in.js";

/** @typedef {import("./wallet.js").Wallet} Wallet */

/**
 * Read a list and show it, or a button to try again.
 * @param {Wallet} wallet
 * @param {"devices" | "merchants"} name
 * @param {(token: string) => Promise<HTMLElement[]>} read
 */
export async function showEntries(wallet, name, read) {
  const token = wallet.token();
  if (!token) return;
  const again = element(`${name}-again`);
  again.onclick = () => once(again, () => showEntries(wallet, name, read));
  const found = await read(token).catch(refusal);
  // Whoever was signed in has gone meanwhile, and their entries with them.
  if (session()?.token !== token) return;
  if (found instanceof Refusal) {
    if (wallet.handleRefusal(found)) return;
    say(name, t(`unreadable.${name}`));
  } else {
    element(`${name.slice(0, -1)}-list`).replaceChildren(...found);
    say(name, found.length > 0 ? "" : t(`none.${name}`));
  }
  again.hidden = !(found instanceof Refusal);
  element(name).hidden = false;
}

/** @param {unknown} error */
function refusal(error) {
  if (error instanceof Refusal) return error;
  throw error;
}

/** What is gone already need not be ended. @param {Refusal} refusal */
function notEnded({ status, code }) {
  return status === 404 ? "" : noticeOf(code);
}

/**
 * Do something to an entry, read the list again and say what was done.
 * @param {Wallet} wallet
 * @param {"devices" | "merchants"} name
 * @param {(token: string) => Promise<unknown>} act
 * @param {string} done
 * @param {(refusal: Refusal) => string} why what to say of a refusal; nothing when it is as good as done
 */
export async function change(wallet, name, act, done, why = notEnded) {
  const token = wallet.token();
  if (!token) return;
  let reason = "";
  try {
    await act(token);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (wallet.handleRefusal(error)) return;
    reason = why(error);
    if (reason && error.status !== 404) return say(name, reason);
  }
  await wallet.refresh();
  say(name, reason || done);
  element(`${name}-heading`).focus();
}

/** @param {string} name @param {string} text */
function say(name, text) {
  element(`${name}-note`).textContent = text;
}

/**
 * @param {string} title
 * @param {(string | HTMLElement)[]} parts lines of text, and what can be done
 */
export function entry(title, parts) {
  const item = document.createElement("li");
  const heading = document.createElement("h3");
  heading.textContent = title;
  item.append(heading, ...parts.map((part) => (typeof part === "string" ? line(part) : part)));
  return item;
}

/** @param {string} text */
export function line(text) {
  const node = document.createElement("p");
  node.textContent = text;
  return node;
}

/**
 * A button of an entry; its accessible name says whose it is.
 * @param {string} text
 * @param {string} label
 * @param {(button: HTMLElement) => unknown} press
 */
export function button(text, label, press) {
  const node = document.createElement("button");
  node.type = "button";
  node.className = "link";
  node.textContent = text;
  node.setAttribute("aria-label", label);
  node.onclick = () => press(node);
  return node;
}
