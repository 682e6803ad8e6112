// @ts-check
/**
 * A payment, from the click to its end: what the payer sees, and what the merchant's server is asked in
 * between. Each step follows from what the server said last, so any page goes on where another stopped.
 */

import { act, stripeOf } from "./card-action.js";
import { Refusal, pause } from "./calls.js";
import { confirmPayment } from "./confirmation.js";
import { answerOf, newKey, pauseBefore } from "./merchant-server.js";
import { secretOf, shown, stepOf } from "./payment-step.js";

/** @typedef {import("../client.js").PayOptions} Options */
/** @typedef {import("../client.js").PaymentOutcome} Outcome */
/** @typedef {import("../client.js").Payment} Payment */
/** @typedef {import("../client.js").NamedCard} NamedCard */
/** @typedef {import("../client.js").CardReason} CardReason */

/** How long a payment that is `processing`, or busy, is waited for: the sweep comes each minute. */
const PATIENCE_MS = 150_000;
/** Seconds to wait where another attempt runs and the server does not say how long. */
const BUSY_S = 5;
/** Steps in a row without the payer, after which the server is asked no more. */
const MOST_STEPS = 40;
/** Times that a card is tried again which has not reached Stripe. */
const MOST_UNSENT = 2;

/** @type {Map<string, Promise<Outcome>>} */
const running = new Map();

/** @type {typeof import("../client.js").payWithCountersign} */
export async function payWithCountersign(options) {
  check(options);
  const { id } = options.payment;
  const outcome = running.get(id) ?? new Flow(options).run().finally(() => running.delete(id));
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

/** The way ends here, and the payment may go on. */
class Stopped extends Error {
  /** @param {"payer" | "aborted" | "card_failed"} reason */
  constructor(reason) {
    super(reason);
    this.reason = reason;
  }
}

class Flow {
  /** @param {Options} options */
  constructor(options) {
    this.options = options;
    /** @type {Payment} */
    this.payment = options.payment;
    /** Steps since the payer did something. */
    this.steps = 0;
    /** Since when it has been waited for, in milliseconds; 0 while it is not. */
    this.waitsSince = 0;
    this.turn = 0;
    this.unsent = 0;
    /** Whether the payer left what Stripe asks of them. */
    this.left = false;
  }

  /** @returns {Promise<Outcome>} */
  async run() {
    try {
      if (this.payment.status === undefined) this.payment = await this.read();
      while (await this.step());
      return this.outcome({ status: /** @type {any} */ (this.payment.status) });
    } catch (error) {
      return this.failed(error);
    }
  }

  /** Take the next step, and return whether there may be another. @returns {Promise<boolean>} */
  async step() {
    this.checkAborted();
    if ((this.steps += 1) > MOST_STEPS) throw endless();
    const step = stepOf(this.payment);
    if (step.does !== "wait") [this.waitsSince, this.turn] = [0, 0];
    switch (step.does) {
      case "confirm":
        await this.confirmKnown();
        break;
      case "ask":
        await this.ask();
        break;
      case "ask_again":
        await this.askAgain();
        break;
      case "act":
        await this.act();
        break;
      case "card":
        await this.nameCard(step.reason);
        break;
      case "wait":
        return this.waited();
      default:
        return false;
    }
    return true;
  }

  /** Confirm with the card that the server knows. One that was not sent is tried again, not for ever. */
  async confirmKnown() {
    if (this.unsent > MOST_UNSENT) return this.nameCard("failed");
    const before = this.payment.status;
    await this.confirm({});
    this.unsent = before === "ready" && this.payment.status === "ready" ? this.unsent + 1 : 0;
  }

  /** The browser's dialog. However it ends, the server knows what it was good for. */
  async ask() {
    const { spc } = this.payment;
    if (!spc) throw new Refusal("unexpected_answer", "There is nothing to show to the payer.");
    this.tell("asking");
    const { base, label, onOptOut } = this.options;
    const { request, total, ceremony_id: ceremonyId } = spc;
    const asked = { base, label, onOptOut, request, total, ceremonyId };
    const { status } = await confirmPayment(asked);
    this.steps = 0;
    await this.confirm(status === "authenticated" ? {} : { give_up_spc: true });
  }

  /** A dialog of an earlier page shows nothing here: a fresh one, or 3-D Secure. */
  async askAgain() {
    const { askAgain } = this.options;
    if (!askAgain) return this.confirm({ give_up_spc: true });
    const { id } = this.payment;
    try {
      this.tell("confirming");
      this.update(await answerOf(() => askAgain({ paymentId: id }), this.wait, id));
    } catch (error) {
      if (!(error instanceof Refusal) || error.status !== 409) throw error;
      return this.confirm({ give_up_spc: true });
    }
    if (!this.payment.spc) await this.confirm({ give_up_spc: true });
  }

  /** 3-D Secure. Whoever leaves it open is asked for a card: the same one goes on with it. */
  async act() {
    const secret = secretOf(this.payment);
    if (secret === undefined) throw new Refusal("unexpected_answer", "There is nothing to act on.");
    if (this.left) return this.nameCard("left");
    const stripe = await stripeOf(this.options);
    this.tell("authenticating");
    const passed = await act(stripe, secret);
    await this.confirm({});
    this.left = !passed && this.payment.status === "requires_action";
  }

  /** @param {CardReason} reason */
  async nameCard(reason) {
    this.tell("card");
    const card = await this.cardFor(reason);
    [this.steps, this.unsent, this.left] = [0, 0, false];
    this.checkAborted();
    await this.confirm(card);
  }

  /** @param {CardReason} reason @returns {Promise<NamedCard>} */
  async cardFor(reason) {
    const payment = shown(this.payment);
    let card;
    try {
      card = await this.options.card({ reason, error: payment.last_error ?? null, payment });
      if (card) return cardIn(card);
    } catch (error) {
      reportError(error);
      throw new Stopped("card_failed");
    }
    throw new Stopped("payer");
  }

  /** Wait for what runs at Stripe, and have it looked at. @returns {Promise<boolean>} */
  async waited() {
    this.steps = 0;
    this.waitsSince ||= Date.now();
    if (Date.now() - this.waitsSince > PATIENCE_MS) return false;
    await this.wait(pauseBefore((this.turn += 1)));
    this.update(await this.read());
    // Within seconds of this read, a card that was declined meanwhile is not tried again.
    if (this.payment.status === "processing") await this.confirm({});
    return true;
  }

  /**
   * Have the server confirm, with one key for as long as it takes.
   * @param {import("../client.js").ConfirmBody} body
   */
  async confirm(body) {
    const { id } = this.payment;
    const sent = { idempotencyKey: newKey(), paymentId: id };
    const until = Date.now() + PATIENCE_MS;
    for (;;) {
      this.tell("confirming");
      try {
        const asked = () => this.options.confirm(body, sent);
        return this.update(await answerOf(asked, this.wait, id));
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        const isAgain = await this.refused(error, body);
        if (!isAgain) return;
        if (Date.now() > until) throw error;
      }
    }
  }

  /**
   * What a refusal of a confirmation means. Returns whether to send the same again.
   * @param {Refusal} refusal
   * @param {import("../client.js").ConfirmBody} body
   */
  async refused(refusal, body) {
    const card = cardOf(body);
    switch (refusal.code) {
      case "payment_busy":
        await this.wait(1_000 * (refusal.retryAfter ?? BUSY_S));
        if (card) return true;
        break;
      case "payment_ended":
      case "payment_in_review":
        break;
      case "step_up_required":
        if ("give_up_spc" in body) throw refusal;
        await this.confirm({ give_up_spc: true });
        return false;
      case "card_required":
        this.update({ ...this.payment, status: "requires_card", next: "again" });
        return false;
      case "begin_again":
      case "card_differs":
        await this.beginAgain(refusal, card);
        return false;
      default:
        throw refusal;
    }
    this.update(await this.read());
    return false;
  }

  /**
   * Another payment of the same order, in the place of this one.
   * @param {Refusal} refusal
   * @param {NamedCard | undefined} card
   */
  async beginAgain(refusal, card) {
    const { create } = this.options;
    if (card && create) {
      this.tell("beginning");
      const sent = { idempotencyKey: newKey(), paymentId: this.payment.id };
      const made = await answerOf(() => create(card, sent), this.wait);
      this.payment = { ...made, reference: made.reference ?? this.payment.reference };
      return;
    }
    if (refusal.code === "begin_again") return this.update(await this.read());
    if (!card) throw refusal;
    await this.nameCard("card_differs");
  }

  /** @returns {Promise<Payment>} */
  read() {
    const { id } = this.payment;
    return answerOf(() => this.options.read({ paymentId: id }), this.wait, id);
  }

  /** @param {Payment} said */
  update(said) {
    this.payment = { ...said, reference: said.reference ?? this.payment.reference };
  }

  /** @param {number} milliseconds */
  wait = async (milliseconds) => {
    this.tell("waiting");
    await pause(milliseconds);
    this.checkAborted();
  };

  checkAborted() {
    if (this.options.signal?.aborted) throw new Stopped("aborted");
  }

  /** @param {import("../client.js").Doing} doing */
  tell(doing) {
    try {
      this.options.onChange?.({ doing, payment: shown(this.payment) });
    } catch (error) {
      reportError(error);
    }
  }

  /** @param {unknown} error @returns {Outcome} */
  failed(error) {
    if (error instanceof Stopped) return this.outcome({ status: "stopped", reason: error.reason });
    if (!(error instanceof Refusal)) throw error;
    const { code, message } = error;
    const isUnknown = error.status === undefined ? code === "network_error" : error.status >= 500;
    return this.outcome({ status: isUnknown ? "unknown" : "refused", code, message });
  }

  /** @param {any} end @returns {Outcome} */
  outcome(end) {
    return { ...end, next: "ask_server", payment: shown(this.payment) };
  }
}

/** @param {import("../client.js").ConfirmBody} body @returns {NamedCard | undefined} */
function cardOf(body) {
  return "payment_method" in body || "confirmation_token" in body
    ? /** @type {NamedCard} */ (body)
    : undefined;
}

/** The card of what the page gave, and nothing besides. @param {any} given @returns {NamedCard} */
function cardIn({ payment_method, confirmation_token }) {
  if (typeof confirmation_token === "string") return { confirmation_token };
  if (typeof payment_method === "string") return { payment_method };
  throw new TypeError("card gives a payment_method or a confirmation_token");
}

function endless() {
  return new Refusal("unexpected_answer", "The payment does not come to an end.");
}
