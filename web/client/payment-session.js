// @ts-check
/** One run through a payment: what is known of it, whom it is told, and how it ends. */

import { Refusal } from "./calls.js";
import { answerOf } from "./merchant-server.js";
import { shown } from "./payment-step.js";

/** @typedef {import("/client.js").Payment} Payment */
/** @typedef {import("/client.js").PaymentOutcome} Outcome */

/** The way ends here, and the payment may go on. */
export class Stopped extends Error {
  /** @param {"payer" | "aborted" | "card_failed"} reason */
  constructor(reason) {
    super(reason);
    this.reason = reason;
  }
}

export class Session {
  /** @param {import("/client.js").PayOptions} options */
  constructor(options) {
    this.options = options;
    /** What the server said last. @type {Payment} */
    this.payment = options.payment;
    /** Why a card is asked for next, whatever the payment's status. */
    this.wants = /** @type {import("/client.js").CardReason | null} */ (null);
  }

  /** Ask the server, about this payment. @param {() => any} ask */
  asked(ask) {
    return answerOf(ask, this.wait, this.payment.id);
  }

  async read() {
    const { id } = this.payment;
    this.update(await this.asked(() => this.options.read({ paymentId: id })));
  }

  /** @param {Payment} said */
  update(said) {
    this.payment = { ...said, reference: said.reference ?? this.payment.reference };
  }

  /** @param {number} milliseconds */
  wait = async (milliseconds) => {
    this.tell("waiting");
    const { signal } = this.options;
    /** @type {() => void} */
    let end = () => undefined;
    await new Promise((resolve) => {
      end = () => resolve(undefined);
      setTimeout(end, milliseconds);
      signal?.addEventListener("abort", end);
    });
    signal?.removeEventListener("abort", end);
    this.checkAborted();
  };

  checkAborted() {
    if (this.options.signal?.aborted) throw new Stopped("aborted");
  }

  /** @param {import("/client.js").Doing} doing */
  tell(doing) {
    try {
      this.options.onChange?.({ doing, payment: shown(this.payment) });
    } catch (error) {
      // What the page shows may fail; the payment has to go on.
      reportError(error);
    }
  }

  /** @param {unknown} error @returns {Outcome} */
  failed(error) {
    if (error instanceof Stopped) return this.outcome({ status: "stopped", reason: error.reason });
    if (!(error instanceof Refusal)) throw error;
    const { code, message, status } = error;
    const isUnknown = status === undefined ? code === "network_error" : status >= 500;
    return this.outcome({ status: isUnknown ? "unknown" : "refused", code, message });
  }

  /** @param {any} end @returns {Outcome} */
  outcome(end) {
    return { ...end, next: "ask_server", payment: shown(this.payment) };
  }
}
