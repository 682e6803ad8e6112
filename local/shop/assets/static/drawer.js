// @ts-check
/** Behind the counter, for who builds a shop: the decision, the steps of the payment, and the events. */

import { call, element, entries, text } from "./common.js";

const EVERY_MS = 1_500;
/** Events leave some seconds after the change that they tell. */
const AFTER_END_MS = 15_000;
const WIDE = "(min-width: 70rem)";

/** @type {number | undefined} */
let timer;

/** Open beside the shop where there is room for it. */
export function startDrawer() {
  /** @type {HTMLDetailsElement} */ (element("drawer")).open = matchMedia(WIDE).matches;
}

/**
 * Show what happens to an order, until some time after its end.
 * @param {string} orderId @param {(story: any) => unknown} [told] called with every story
 */
export function follow(orderId, told) {
  clearTimeout(timer);
  let endedAt = 0;
  const look = async () => {
    const story = await call("GET", `/orders/${orderId}`).catch(() => null);
    if (story) show(story);
    if (story) told?.(story);
    if (story?.payment?.ended_at && !endedAt) endedAt = Date.now();
    if (!endedAt || Date.now() < endedAt + AFTER_END_MS) timer = setTimeout(look, EVERY_MS);
  };
  timer = setTimeout(look, 300);
}

/** @param {any} story */
export function show({ payment, decision, events }) {
  element("drawer-decision").hidden = !decision;
  element("drawer-payment").hidden = !payment;
  element("drawer-events").hidden = events.length === 0;
  if (decision) element("decision").replaceChildren(...entries(decided(decision)));
  if (payment) {
    element("payment-id").textContent = payment.id;
    element("steps").replaceChildren(...payment.steps.map(step));
  }
  element("events").replaceChildren(...events.map(event));
}

/** The lines of a decision. @param {any} decision @returns {[string, string][]} */
export function decided(decision) {
  return [
    ["outcome", decision.outcome],
    ["next", decision.next],
    ["rule", decision.rule],
    ["reasons", decision.reasons.join(", ")],
    ["evidence", decision.evidence],
    ["methods", decision.methods.join(", ") || "–"],
    ["captures", decision.captures.join(", ")],
  ];
}

/** @param {{ at: number, did: string, status: string, reason?: string }} step */
function step({ at, did, status, reason = "" }) {
  return line(at, did, `→ ${status}${reason && ` (${reason})`}`);
}

/** @param {{ at: number, type: string, revision: number }} event */
function event({ at, type, revision }) {
  return line(at, type, text("drawer.revision", { revision: String(revision) }));
}

/** @param {number} at @param {string} name @param {string} rest */
function line(at, name, rest) {
  const item = document.createElement("li");
  const time = document.createElement("time");
  const code = document.createElement("code");
  const moment = new Date(at * 1000);
  time.dateTime = moment.toISOString();
  time.textContent = moment.toLocaleTimeString("en-GB");
  code.textContent = name;
  item.append(time, " ", code, ` ${rest}`);
  return item;
}
