// @ts-check
/** Ending a connection, once the visitor has said so twice. */

import { Refusal, deleteInstallation } from "../client.js";
import { t } from "./messages.js";
import { noticeOf } from "./notices.js";
import { element, isBusy, once } from "./page.js";

/** @typedef {import("./connected.js").Page} Page */

/** @param {Page} page @param {() => string} name what the account is called */
export function prepareDisconnecting(page, name) {
  const dialog = /** @type {HTMLDialogElement} */ (element("disconnect-dialog"));
  const button = element("disconnect");
  button.onclick = () => {
    if (isBusy()) return;
    element("disconnect-question").textContent = t("disconnect.question", { name: name() });
    dialog.showModal();
  };
  element("disconnect-keep").onclick = () => dialog.close();
  element("disconnect-confirm").onclick = () => {
    dialog.close();
    once(button, () => disconnect(page));
  };
}

/** @param {Page} page */
async function disconnect(page) {
  const whose = page.whose();
  if (!whose) return;
  say(t("disconnect.working"));
  try {
    page.changed(await deleteInstallation(whose));
    say("");
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    say(page.handleRefusal(error) ? "" : noticeOf(error.code));
  }
}

/** @param {string} text */
function say(text) {
  element("ending-notice").textContent = text;
}
