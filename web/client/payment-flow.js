// @ts-check
/**
 * A payment, from the click to its end: what the payer sees, and what the merchant's server is asked in
 * between. Each step follows from what the server said last, so any page goes on where another stopped.
 */

import { act, stripeOf } from "./card-action.js";
import { Refusal } from "./calls.js";
import { confirmPayment } from "./confirmation.js";
import { pauseBefore } from "./merchant-server.js";
import { PATIENCE_MS, confirm } from "./payment-confirm.js";
import { Session, Stopped } from "./payment-session.js";
import { secretOf, shown, stepOf } from "./payment-step.js";

/** @typedef {import("/client.js").PayOptions} Options */
/** @typedef {import("/client.js").PaymentOutcome} Outcome */
/** @typedef {import("/client.js").NamedCard} NamedCard */
/** @typedef {import("/client.js").CardReason} CardReason */

/** Steps in a row without the payer, after which the server is asked no more. */
const MOST_STEPS = 40;
/** Times that a card is tried once more which has not reached Stripe. */
const MOST_UNSENT = 2;

/** @type {Map<string, Promise<Outcome>>} */
const running = new Map();

/** @type {typeof import("/client.js").payWithCountersign} */
export async function payWithCountersign(options) {
  check(options);
  const { id } = options.payment;
  const outcome = running.get(id) ?? run(new Session(options)).finally(() => running.delete(id));
  running.set(id, outcome);
  return outcome;
}

/** @param {Options} options */
function check({ payment, confirm, read, card, stripe, accountId }) {
  if (typeof payment?.id !== "string") throw new TypeError("payment is what POST /payments gave");
  for (const [name, call] of Object.entries({ confirm, read, card })) {
    if (typeof call !== "function") throw new TypeError(`${name} has to be a function`);
  }
  if (!stripe && !accountId) throw new TypeError("give your page's stripe, or accountId");
}

/** @param {Session} session @returns {Promise<Outcome>} */
async function run(session) {
  try {
    if (session.payment.status === undefined) await session.read();
    const way = new Way(session);
    while (await way.step());
    return session.outcome({ status: session.payment.status });
  } catch (error) {
    return session.failed(error);
  }
}

/** The steps of one run, and how many there were of each kind that must not go on for ever. */
class Way {
  /** @param {Session} session */
  constructor(session) {
    this.session = session;
    /** Steps since the payer did something. */
    this.steps = 0;
    /** Attempts in a row that have not reached Stripe. */
    this.unsent = 0;
    /** Since when it has been waited for (milliseconds), and how often it was looked. */
    this.waiting = { since: 0, turns: 0 };
  }

  /** Take the next step, and return whether there may be another. @returns {Promise<boolean>} */
  async step() {
    const { session } = this;
    session.checkAborted();
    this.steps += 1;
    if (this.steps > MOST_STEPS) {
      throw new Refusal("unexpected_answer", "The payment does not come to an end.");
    }
    if (session.wants) return this.nameCard(session.wants);
    const step = stepOf(session.payment);
    if (step.does !== "wait") this.waiting = { since: 0, turns: 0 };
    switch (step.does) {
      case "confirm":
        return this.confirmKnown();
      case "ask":
        return this.ask();
      case "ask_again":
        return this.askAgain();
      case "act":
        return this.act();
      case "card":
        return this.nameCard(step.reason);
      case "wait":
        return this.waited();
    }
    return false;
  }

  /** Confirm with the card that the server knows. One that is not sent is tried again, twice. */
  async confirmKnown() {
    const { session } = this;
    const before = session.payment.status;
    await confirm(session, {});
    const isUnsent = before === "ready" && session.payment.status === "ready";
    this.unsent = isUnsent ? this.unsent + 1 : 0;
    if (this.unsent > MOST_UNSENT) session.wants = "failed";
    return true;
  }

  /** The browser's dialog. However it ends, the server knows what it was good for. */
  async ask() {
    const { session } = this;
    const { base, label, onOptOut } = session.options;
    const { request, total, ceremony_id: ceremonyId } = spcOf(session);
    session.tell("asking");
    const asked = { base, label, onOptOut, request, total, ceremonyId };
    const { status } = await confirmPayment(asked);
    this.steps = 0;
    await confirm(session, status === "authenticated" ? {} : { give_up_spc: true });
    return true;
  }

  /** An earlier page's dialog cannot be shown here: a fresh one, or 3-D Secure. */
  async askAgain() {
    const { session } = this;
    const { askAgain } = session.options;
    const { id: paymentId } = session.payment;
    try {
      if (askAgain) session.update(await session.asked(() => askAgain({ paymentId })));
    } catch (error) {
      if (!(error instanceof Refusal) || error.status !== 409) throw error;
    }
    if (!session.payment.spc) await confirm(session, { give_up_spc: true });
    return true;
  }

  /** 3-D Secure. Whoever leaves it open is asked for a card: the same one goes on with it. */
  async act() {
    const { session } = this;
    const secret = secretOf(session.payment);
    if (!secret) throw new Refusal("unexpected_answer", "There is nothing to act on.");
    const stripe = await stripeOf(session.options);
    session.tell("authenticating");
    const passed = await act(stripe, secret);
    await confirm(session, {});
    const isOpen = session.payment.status === "requires_action";
    if (isOpen && !passed) session.wants = "left";
    if (!isOpen) this.steps = 0;
    return true;
  }

  /** @param {CardReason} reason */
  async nameCard(reason) {
    const { session } = this;
    session.tell("card");
    const card = await cardFor(session, reason);
    [this.steps, this.unsent, session.wants] = [0, 0, null];
    session.checkAborted();
    await confirm(session, card);
    return true;
  }

  /** Wait for what runs at Stripe, and have it looked at; not for ever. */
  async waited() {
    const { session, waiting } = this;
    this.steps = 0;
    waiting.since ||= Date.now();
    if (Date.now() - waiting.since > PATIENCE_MS) return false;
    await session.wait(pauseBefore((waiting.turns += 1)));
    await session.read();
    // Just read: a card that is declined meanwhile is busy for longer than this takes.
    if (session.payment.status === "processing") await confirm(session, {});
    return true;
  }
}

/** @param {Session} session */
function spcOf({ payment: { spc } }) {
  if (!spc) throw new Refusal("unexpected_answer", "There is nothing to show to the payer.");
  return spc;
}

/** @param {Session} session @param {CardReason} reason @returns {Promise<NamedCard>} */
async function cardFor(session, reason) {
  const payment = shown(session.payment);
  let given;
  try {
    given = await session.options.card({ reason, error: payment.last_error ?? null, payment });
    if (given) return cardIn(given);
  } catch (error) {
    reportError(error);
    throw new Stopped("card_failed");
  }
  throw new Stopped("payer");
}

/** The card of what the page gave, and nothing besides. @param {any} given @returns {NamedCard} */
function cardIn({ payment_method, confirmation_token }) {
  if (typeof confirmation_token === "string") return { confirmation_token };
  if (typeof payment_method === "string") return { payment_method };
  throw new TypeError("card gives a payment_method or a confirmation_token");
}
