// @ts-check
/** What stands in the way of a connection at Stripe, and who can mend it. */

import { hasMessage, t } from "./messages.js";
import { element } from "./page.js";

/** @typedef {import("/client.js").Installation} Installation */

/**
 * What a connection waits for: an account that Stripe lets us into, or permissions of the app; empty
 * when it waits for nothing.
 * @param {Installation} installation
 * @returns {"unreachable" | "permissions" | ""}
 */
export function waitsFor({ status, reachable, permissions_missing }) {
  if (status !== "installed") return "";
  if (!reachable) return "unreachable";
  return permissions_missing.length > 0 ? "permissions" : "";
}

/** Show what one waits for, and what its holder does about it. @param {Installation} installation */
export function showAgreement(installation) {
  const reason = waitsFor(installation);
  const panel = element("agreement");
  panel.hidden = !reason;
  panel.dataset.reason = reason;
  if (!reason) return;
  element("agreement-heading").textContent = t(`agreement.${reason}.heading`);
  element("agreement-text").textContent = t(`agreement.${reason}.text`);
  element("agreement-step").textContent = t(`agreement.${reason}.step`);
  element("agreement-action").textContent = t(`agreement.${reason}.action`);
  const missing = reason === "permissions" ? installation.permissions_missing : [];
  element("agreement-list").replaceChildren(...missing.map(entry));
  element("agreement-list").hidden = missing.length === 0;
}

/** What a permission is for; one that has no words yet is shown by Stripe's name. @param {string} name */
function entry(name) {
  const item = document.createElement("li");
  item.textContent = hasMessage(`permission.${name}`) ? t(`permission.${name}`) : name;
  return item;
}
