/** A payment from its creation to its end, in the payer's browser; part of `/client.js`. */

import type { Deployment } from "../client.js";

/** A card, by its id on the merchant's account: what Stripe.js made of it in your page. */
export type NamedCard = { payment_method: string } | { confirmation_token: string };

/** The body of `POST /payments/{id}/confirm`, as your server sends it on. */
export type ConfirmBody =
  | Record<string, never>
  | NamedCard
  | { give_up_spc: true };

export type PaymentStatus =
  | "requires_card"
  | "in_review"
  | "requires_step_up"
  | "ready"
  | "requires_action"
  | "processing"
  | "succeeded"
  | "canceled"
  | "failed"
  | "unreachable"
  | (string & {});

/** Why an attempt failed, by Stripe's codes. */
export interface PaymentError {
  code: string | null;
  decline_code: string | null;
}

/**
 * A payment as the API says it: what `POST /payments`, `POST /payments/{id}/spc`,
 * `POST /payments/{id}/confirm` or `GET /payments/{id}` answered to your server.
 */
export interface Payment {
  id: string;
  status: PaymentStatus;
  next?: string | null;
  reason?: string | null;
  reference?: string;
  last_error?: PaymentError | null;
  spc?: {
    ceremony_id: string;
    request: object;
    total: { value: string; currency: string };
  } | null;
  /**
   * An object from `confirm`, whose `client_secret` is there with `next: act` alone and whose
   * `status` is null while it is not known; only its id from a read.
   */
  payment_intent?: { id: string; client_secret: string | null; status: string | null } | string | null;
}

/** What is told of a payment: nothing secret. */
export type ShownPayment = Pick<
  Payment,
  "id" | "status" | "next" | "reason" | "reference" | "last_error"
>;

/**
 * What your server answered: the `Response` of your page's `fetch`, or its JSON. Pass on the API's
 * status, body and `Retry-After`, problems among them. An error that you throw is a lost connection.
 */
export type ServerAnswer = Response | object;

/** `idempotencyKey` belongs into the `Idempotency-Key` of the API's call: a repetition has the same. */
export interface Sent {
  idempotencyKey: string;
  /** The payment that is meant, which is another one after a new beginning. */
  paymentId: string;
}

/**
 * Why a card is asked for. `first`: none was named. `declined`: by the issuer (`error`).
 * `authentication_failed`: the payer did not pass 3-D Secure. `left`: they left it open; the same card
 * goes on with it, another begins anew. `again`: the confirmation token counts no more, make a new one
 * of the same fields. `another_card`: the decision wants another card. `card_differs`: the payer
 * confirmed with another card than this one, and there is no `create` to begin anew. `failed`: Stripe
 * did not take the card.
 */
export type CardReason =
  | "first"
  | "declined"
  | "authentication_failed"
  | "left"
  | "again"
  | "another_card"
  | "card_differs"
  | "failed";

/**
 * `confirming`: your server confirms. `asking`: the browser's dialog is shown. `authenticating`:
 * Stripe's 3-D Secure is shown. `card`: your page is asked for a card. `waiting`: for Stripe, or for the
 * connection. `beginning`: another payment is created.
 */
export type Doing = "confirming" | "asking" | "authenticating" | "card" | "waiting" | "beginning";

/**
 * How far it came. Whatever a page says, your server asks `GET /payments/{id}` before it delivers.
 * - `succeeded`, `canceled`, `failed`: it has ended.
 * - `in_review`, `unreachable`, `processing`: it goes on without the payer; tell them later.
 * - `stopped`: the payer named no card (`payer`), you aborted it (`aborted`), or your `card` failed
 *   (`card_failed`, reported as uncaught). The payment is open: go on by calling this again.
 * - `refused`: by the API, your server or Stripe.js; `code` says why, `message` is for developers.
 * - `unknown`: your server did not answer for two minutes; call this again.
 */
export type PaymentOutcome = { next: "ask_server"; payment: ShownPayment } & (
  | { status: "succeeded" | "canceled" | "failed" | "in_review" | "unreachable" | "processing" }
  | { status: "stopped"; reason: "payer" | "aborted" | "card_failed" }
  | { status: "refused" | "unknown"; code: string; message: string }
);

/** What is needed of Stripe.js: its `handleCardAction`, or where that is gone, what came after it. */
export type StripeActions =
  | { handleCardAction(clientSecret: string): Promise<{ error?: object }> }
  | {
      handleCardAction?: undefined;
      handleNextAction(options: { clientSecret: string }): Promise<{ error?: object }>;
    };

export interface PayOptions extends Deployment {
  /** What `POST /payments` gave to your server; after a closed tab, what `GET /payments/{id}` does. */
  payment: Payment;
  /** Have your server call `POST /payments/{id}/confirm` with this body and key. */
  confirm: (body: ConfirmBody, sent: Sent) => ServerAnswer | Promise<ServerAnswer>;
  /** Have your server call `GET /payments/{id}`. */
  read: (sent: Pick<Sent, "paymentId">) => ServerAnswer | Promise<ServerAnswer>;
  /** Ask the payer for a card: a new one, or the same once more. Nothing, where they pay no more. */
  card: (asked: {
    reason: CardReason;
    error: PaymentError | null;
    payment: ShownPayment;
  }) => NamedCard | null | undefined | Promise<NamedCard | null | undefined>;
  /** Have your server call `POST /payments/{id}/spc`; without it 3-D Secure follows where this is due. */
  askAgain?: (sent: Pick<Sent, "paymentId">) => ServerAnswer | Promise<ServerAnswer>;
  /**
   * Have your server call `POST /payments` for the same order with this card, this key and
   * `replace: true`. Needed where the payer takes another card while the first one waits for them.
   */
  create?: (card: NamedCard, sent: Sent) => ServerAnswer | Promise<ServerAnswer>;
  /** Your page's own `Stripe(publishableKey, { stripeAccount })`. Without it give `accountId`. */
  stripe?: StripeActions;
  /** The merchant's account, `acct_…`. */
  accountId?: string;
  /** By default the deployment's. */
  publishableKey?: string;
  /** What the total is called in the browser's dialog. */
  label?: string;
  /** Called with every step, for what your page shows meanwhile. */
  onChange?: (change: { doing: Doing; payment: ShownPayment }) => unknown;
  /** As in `confirmPayment`. */
  onOptOut?: () => unknown;
  /** Stops before the next step; what your server or Stripe does already goes on. */
  signal?: AbortSignal;
}

/**
 * Take a payment through everything that its payer sees, from the click on "Pay" to its end: the
 * browser's dialog, 3-D Secure, a decline and another card, a lost connection. What it does depends on
 * nothing but what your server says, so it goes on where a closed tab left it. For one payment it runs
 * once at a time: a second call gets the outcome of the first. Rejects with a `TypeError` for wrong
 * options only.
 */
export function payWithCountersign(options: PayOptions): Promise<PaymentOutcome>;
