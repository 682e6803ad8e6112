// @ts-check
/** A question that must be answered before something is done. */

import { element, isBusy, once } from "./page.js";

/**
 * Ask, and do it once the visitor has said yes.
 * @param {HTMLElement} button that was pressed, and is busy meanwhile
 * @param {{ heading: string, text: string, yes: string, no: string, grave?: boolean }} words
 * @param {() => unknown} run
 */
export function ask(button, { heading, text, yes, no, grave = false }, run) {
  if (isBusy()) return;
  const dialog = /** @type {HTMLDialogElement} */ (element("question"));
  element("question-heading").textContent = heading;
  element("question-text").textContent = text;
  const confirm = element("question-yes");
  confirm.textContent = yes;
  confirm.className = `button ${grave ? "danger solid" : "primary"}`;
  confirm.onclick = () => {
    dialog.close();
    once(button, run);
  };
  element("question-no").textContent = no;
  element("question-no").onclick = () => dialog.close();
  dialog.showModal();
}
