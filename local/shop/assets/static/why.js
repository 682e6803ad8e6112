// @ts-check
/** Why the payer is asked, or not, in their own words: from the reasons of the decision. */

import { element, hasText, text } from "./common.js";

/** @param {any} decision @param {any} payment */
export function showWhy(decision, payment) {
  const said = decision ? whyOf(decision, payment) : [];
  element("why").hidden = said.length === 0;
  if (said.length === 0) return;
  element("why").dataset.outcome = decision.outcome;
  element("why-heading").textContent = text(`why.${decision.outcome}`);
  element("why-list").replaceChildren(...said.map(item));
}

/** @param {any} decision @param {any} payment @returns {string[]} */
function whyOf({ reasons, rule }, payment) {
  const keys = reasons.map((/** @type {string} */ reason) =>
    reason === "rule" && hasText(`why.rule.${rule}`) ? `why.rule.${rule}` : `why.${reason}`,
  );
  const steps = payment?.steps ?? [];
  if (steps.some((/** @type {any} */ step) => step.reason === "browser_new")) {
    keys.push("why.browser_new");
  }
  return keys.filter(hasText).map((/** @type {string} */ key) => text(key));
}

/** @param {string} said */
function item(said) {
  const node = document.createElement("li");
  node.textContent = said;
  return node;
}
