// @ts-check
/** The page of the shop: a box is chosen and paid, and its order told to the end. */

import * as choice from "./choice.js";
import { Failure, call, element, hasText, notify, text } from "./common.js";
import { showCustomer } from "./customer.js";
import { follow, show, startDrawer } from "./drawer.js";
import { invite, offerDevice, showWay } from "./invitation.js";
import { currentCard, payNew, payOn, useWallet } from "./paying.js";
import { showResult } from "./result.js";
import { offerSealed } from "./sealed.js";
import { offerTyping, showTyping } from "./typed-card.js";
import { takeHandle } from "./wallet.js";
import { showWhy } from "./why.js";

const { relyingParty = "" } = document.body.dataset;
/** The shop's own doing, which its customers can do nothing about. */
const NOT_SET_UP = [
  "payee_missing",
  "checkout_origins_missing",
  "installation_not_found",
  "not_installed",
  "permission_missing",
  "account_unreachable",
];
/** A payment in one of these goes on without its payer. */
const GOES_ON = ["in_review", "processing", "unreachable"];
const pay = element("pay");
const stop = element("stop");
const buttons = [pay, element("google-pay"), element("apple-pay")];

/** The relying party's module, without which nothing can be paid. @type {Promise<any>} */
const countersign = import(`${relyingParty}/client.js`).catch(() => null);

/** Who waits for another card, while this order is paid. @type {((card: any) => void) | null} */
let waiting = null;
/** Whether something runs that the payer has to wait for. */
let busy = false;
/** The card with which an order is gone on that was left: it answers the first question for one. */
/** @type {Promise<any> | null} */
let chosen = null;
/** The order that was left and is gone on with. @type {any} */
let left = null;

start();

async function start() {
  const { state, payer } = takeHandle();
  const changed = () => offerDevice(countersign);
  startDrawer();
  offerSealed();
  offerTyping(countersign);
  choice.onChoice(showChoice);
  showChoice();
  for (const button of buttons) button.onclick = () => press(button);
  stop.onclick = () => {
    setBusy(true);
    answerWith(Promise.resolve(null));
  };
  try {
    if (state === "taken") await call("POST", "/payer", { payer });
    await Promise.all([showWay(countersign), showCustomer(showSaved, changed)]);
    await comeBack();
  } catch {
    notify(text("unreachable"));
  }
  if (state === "taken") notify(text("welcome"));
  if (state === "stray") notify(text("stray"));
  if (!(await countersign)) return notify(text("no_module"));
  for (const button of buttons) button.setAttribute("aria-disabled", "false");
  if (element("status").dataset.state === "loading") element("status").dataset.state = "ready";
}

function showChoice() {
  const { amount } = left ?? choice.box();
  pay.textContent = text(left ? "product.go_on" : "product.pay", { total: choice.price(amount) });
  showTyping();
}

/** A card is saved for who is signed in at the shop. @param {{ name: string }} customer */
async function showSaved({ name }) {
  element("saved-card").hidden = name === "" || element("wallets").hidden;
  if (name === "" && choice.cardChosen() === "saved") choice.choose("plain");
}

/** Show an order that was not paid to its end, to who comes back. */
async function comeBack() {
  const story = await call("GET", "/orders/current").catch(() => null);
  if (!story?.payment) return;
  show(story);
  showWhy(story.decision, story.payment);
  if (story.payment.ended_at) return end(story, null);
  if (GOES_ON.includes(story.payment.status)) {
    follow(story.id, showStory);
    return end(story, null);
  }
  left = story;
  choice.offerBoxes(false);
  element("status").dataset.state = "left";
  notify(text("left", { total: choice.price(story.amount, story.currency) }));
  showChoice();
}

/** A button to pay was pressed: begin, go on, or answer with another card. @param {HTMLElement} button */
async function press(button) {
  if (busy || button.getAttribute("aria-disabled") === "true") return;
  setBusy(true);
  useWallet(button.dataset.wallet ?? "");
  if (waiting) return answerWith(currentCard());
  notify(text("product.wait"));
  element("status").dataset.state = "paying";
  try {
    const { orderId, outcome } = await run();
    await finish(orderId, outcome);
  } catch (error) {
    tell(error);
    element("status").dataset.state = left ? "left" : "ready";
  } finally {
    setBusy(false);
  }
}

/** Nothing can be chosen while a payment runs. @param {boolean} now */
function setBusy(now) {
  busy = now;
  choice.lock(now);
  for (const button of buttons) button.toggleAttribute("data-busy", now);
}

async function run() {
  const till = { module: await countersign, onChange, askForCard };
  if (left) {
    const { id, payment } = left;
    chosen = currentCard();
    follow(id, showStory);
    return { orderId: id, outcome: await payOn(till, id, payment) };
  }
  return payNew(till, choice.box().name, (id) => follow(id, showStory));
}

/** What has happened so far, and how a payment has ended that went on without its payer. @param {any} story */
function showStory(story) {
  showWhy(story.decision, story.payment);
  const { state = "" } = element("status").dataset;
  if (GOES_ON.includes(state) && story.payment?.ended_at) end(story, null);
}

/** @param {{ doing: string }} change */
function onChange({ doing }) {
  if (hasText(`doing.${doing}`)) notify(text(`doing.${doing}`));
}

/**
 * Have the payer choose another card.
 * @param {{ reason: string, error: { decline_code: string | null } | null }} asked
 * @returns {Promise<any>} nothing, where they stop
 */
function askForCard({ reason, error }) {
  if (chosen) {
    const card = chosen;
    chosen = null;
    return card;
  }
  Object.assign(element("status").dataset, { state: "card", reason });
  const declined = `ask.declined.${error?.decline_code}`;
  notify(text(hasText(declined) ? declined : `ask.${reason}`));
  setBusy(false);
  choice.offerBoxes(false);
  stop.hidden = false;
  pay.focus();
  return new Promise((resolve) => {
    waiting = resolve;
  });
}

/** Go on with another card, or end where there is none. @param {Promise<any>} card */
async function answerWith(card) {
  try {
    const named = await card;
    stop.hidden = true;
    element("status").dataset.state = "paying";
    notify(text("product.wait"));
    waiting?.(named);
    waiting = null;
  } catch (error) {
    setBusy(false);
    tell(error);
  }
}

/** What became of it is what our server says, and no page. @param {string} orderId @param {any} outcome */
async function finish(orderId, outcome) {
  if (outcome.status === "stopped") await call("POST", `/orders/${orderId}/cancel`);
  const story = await call("GET", `/orders/${orderId}`);
  show(story);
  showStory(story);
  notify("");
  end(story, outcome.status === "refused" || outcome.status === "unknown" ? outcome : null);
}

/** @param {any} story @param {any} outcome */
async function end(story, outcome) {
  showResult(story, outcome);
  await invite(countersign, story.payment);
}

/** @param {unknown} error */
function tell(error) {
  const code = error instanceof Failure ? error.code : "";
  if (!(error instanceof Failure)) console.error(error);
  const key = NOT_SET_UP.includes(code) ? "fault.not_set_up" : `fault.${code}`;
  notify(text(hasText(key) ? key : "unreachable"));
}
