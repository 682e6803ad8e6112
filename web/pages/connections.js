// @ts-check
/** The list of the visitor's connections. */

import { Refusal, listInstallations } from "../client.js";
import { waitsFor } from "./agreement.js";
import { formatTime, t } from "./messages.js";
import { element, once } from "./page.js";

/** @typedef {import("/client.js").Installation} Installation */

/**
 * Show the first of them, and a button for more while there are.
 * @param {string} token
 * @param {() => unknown} signedOut when the token is not taken any more
 */
export async function showConnections(token, signedOut) {
  const list = element("connections");
  await addConnections(token, signedOut);
  if (location.hash === "#connections" && !list.hidden) element("connections-heading").focus();
}

/** @param {string} token @param {() => unknown} signedOut @param {string} [cursor] */
async function addConnections(token, signedOut, cursor) {
  try {
    const { data, next_cursor } = await listInstallations({ token, cursor });
    const rows = data.map(row);
    element("connection-list").append(...rows);
    say(cursor || data.length > 0 ? "" : t("connections.none"));
    offer(next_cursor && t("connections.more"), () =>
      addConnections(token, signedOut, next_cursor ?? undefined),
    );
    // The button that was pressed may be gone: go on where the new ones begin.
    if (cursor) rows[0]?.querySelector("a")?.focus();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.status === 401) return signedOut();
    say(t("connections.unavailable"));
    offer(t("action.retry"), () => addConnections(token, signedOut, cursor));
  }
}

/** @param {string} text */
function say(text) {
  element("connections-note").textContent = text;
  element("connections").hidden = false;
}

/** @param {string | null} label @param {() => unknown} run */
function offer(label, run) {
  const button = element("connections-more");
  button.textContent = label;
  button.hidden = !label;
  button.onclick = () => once(button, run);
}

/** @param {Installation} installation */
function row(installation) {
  const { account_id, payee_name } = installation;
  const link = document.createElement("a");
  link.href = `/connected?${new URLSearchParams({ account_id })}`;
  link.textContent = payee_name ?? account_id;
  const details = [payee_name && account_id, modeOf(installation), whenOf(installation)];
  const line = document.createElement("span");
  line.textContent = details.filter(Boolean).join(" · ");
  const item = document.createElement("li");
  item.append(link, line);
  const reason = waitsFor(installation);
  if (reason) {
    const waiting = document.createElement("strong");
    waiting.textContent = t(`agreement.${reason}.heading`);
    item.append(waiting);
  }
  item.dataset.status = installation.status;
  return item;
}

/** @param {Installation} installation */
function whenOf({ installed_at, uninstalled_at }) {
  return uninstalled_at === null
    ? t("connections.since", { time: formatTime(1000 * installed_at) })
    : t("connections.until", { time: formatTime(1000 * uninstalled_at) });
}

/** @param {Installation} installation */
export function modeOf({ livemode, livemode_confirmed }) {
  if (!livemode) return t("site.test_mode");
  return livemode_confirmed ? t("mode.live") : t("mode.unconfirmed");
}
