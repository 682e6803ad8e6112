// @ts-check
/** What the page of one connection says when there is no connection to show. */

import { pendingConfirmation } from "./confirming.js";
import { hasMessage, t } from "./messages.js";
import { element, forgetSignIn, show, signInAction } from "./page.js";

/** @typedef {import("./page.js").Action} Action */

/** Show these parts of the page besides the card, and no others. @param {string[]} parts */
export function reveal(...parts) {
  for (const part of ["facts", "agreement", "settings", "ending"]) element(part).hidden = !parts.includes(part);
}

/**
 * @param {import("./page.js").Settings} settings
 * @param {string} accountId
 * @param {string} [notice]
 */
export function showSignedOut(settings, accountId, notice) {
  forgetSignIn(settings);
  const kind = pendingConfirmation(accountId) ? "unfinished" : "signed_out";
  reveal();
  show("signed_out", {
    heading: t(`connected.${kind}.heading`),
    text: [t(`connected.${kind}.text`)],
    actions: [signInAction(settings)],
    notice,
  });
}

export function showConfirming() {
  reveal();
  show("confirming", { heading: t("connected.confirming.heading"), text: [t("site.loading")] });
}

/** The account is not connected, or not by this visitor. */
export function showNotFound() {
  reveal();
  show("not_found", {
    heading: t("connected.not_found.heading"),
    text: [t("connected.not_found.text")],
    actions: [toConnect(t("connected.connect"))],
  });
}

/** Why the connection was not completed, in the words of the same refusal by the server's page. @param {string} code */
export function showRefused(code) {
  const kind = hasMessage(`callback.${code}.heading`) ? `callback.${code}` : "connected.refused";
  reveal();
  show("refused", {
    heading: t(`${kind}.heading`),
    text: [t(`${kind}.text`), t(`${kind}.step`)],
    actions: [toConnect(t("callback.start_again")), toConnections()],
    code,
  });
}

/**
 * The service did not answer; what waits for a confirmation still does.
 * @param {"unavailable" | "undecided"} name
 * @param {() => unknown} retry
 */
export function showUnavailable(name, retry) {
  reveal();
  show(name, {
    heading: t(`connected.${name}.heading`),
    text: [t(`connected.${name}.text`)],
    actions: [{ id: "retry", label: t("action.retry"), run: retry }, toConnections()],
  });
}

/** @param {string} label @returns {Action} */
export function toConnect(label) {
  return { id: "go-connect", label, href: "/connect" };
}

/** @returns {Action} */
export function toConnections() {
  return { id: "see-connections", label: t("callback.connections"), href: "/connect#connections" };
}
