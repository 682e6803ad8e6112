// Written by `make openapi` from the types of the events. Do not edit it here.

/** A domain event of Countersign, as EventBridge delivers it. */
export interface BusEvent<Type extends string, Version extends number, Data> {
  version: string;
  id: string;
  source: "countersign";
  account: string;
  time: string;
  region: string;
  resources: string[];
  "detail-type": Type;
  detail: Detail<Version, Data>;
  /** Only where EventBridge replays it from an archive. */
  "replay-name"?: string;
}

/** What every event says. Ignore members that you do not know. */
export interface Detail<Version extends number, Data> {
  /** The event's own id. It is the same each time the event is published. */
  id: string;
  /** The version of this schema. */
  version: Version;
  /** The id of what the event is about. */
  subject: string;
  /** Whether it is Stripe's live mode. */
  livemode: boolean;
  /**
   * Rises with each event of the subject. An event with a lower revision than one that you
   * have seen is out of date: ignore it.
   */
  revision: number;
  /**
   * Whether the present state is told again. Store it, and act on it only if it is new to
   * you.
   */
  replayed: boolean;
  /** When it happened, in Unix seconds. */
  occurred_at: number;
  /** When it was put on the bus, in Unix seconds. */
  published_at: number;
  data: Data;
}

/** A verification session as it is now. */
export interface SessionState {
  user_id: string;
  /** Stripe's word for it. */
  status: string;
  /** Stripe's code for why the last check failed; null where it did not. */
  error: string | null;
  /** Counts the sessions of this person. */
  attempt: number;
}

/** A merchant's account as it is now. */
export interface AccountState {
  account_id: string;
  /** Who holds the account, or held it last. */
  user_id: string;
  status: "installed" | "uninstalled";
  /**
   * Tells this installation from earlier ones of the account: what belongs to one, such as
   * payers and their confirmations, ends with it. Null while the app is not installed.
   */
  installation: string | null;
  /**
   * Whether Stripe has said that the app is installed in this mode. In live mode, nobody can
   * act for the account before.
   */
  confirmed: boolean;
  /** Whether Stripe lets us act for the account, as far as we know. */
  reachable: boolean;
  /** Rises when the name or the origin changes that payers are shown. */
  payee_version: number;
  /** Whether the origin that payers are shown was proven to be the merchant's. */
  payee_verified: boolean;
  checkout_origins: Array<string>;
  /** The subjects of the machine clients that may act for the account. */
  clients: Array<string>;
}

/** A merchant's account as it is now, and which of its settings have changed. */
export interface ChangedAccount {
  account_id: string;
  /** Who holds the account, or held it last. */
  user_id: string;
  status: "installed" | "uninstalled";
  /**
   * Tells this installation from earlier ones of the account: what belongs to one, such as
   * payers and their confirmations, ends with it. Null while the app is not installed.
   */
  installation: string | null;
  /**
   * Whether Stripe has said that the app is installed in this mode. In live mode, nobody can
   * act for the account before.
   */
  confirmed: boolean;
  /** Whether Stripe lets us act for the account, as far as we know. */
  reachable: boolean;
  /** Rises when the name or the origin changes that payers are shown. */
  payee_version: number;
  /** Whether the origin that payers are shown was proven to be the merchant's. */
  payee_verified: boolean;
  checkout_origins: Array<string>;
  /** The subjects of the machine clients that may act for the account. */
  clients: Array<string>;
  /**
   * The names of the settings: `payee_name`, `payee_origin`, `payee_verified`,
   * `checkout_origins`, `clients`.
   */
  changed: Array<string>;
}

/** A payment credential as it is now. A suspended one can never answer again. */
export interface CredentialState {
  user_id: string;
  status: "active" | "suspended" | "removed";
  /** Its counter fell, or its backup eligibility changed. */
  suspended_for: "counter" | "backup" | null;
  /** When it was registered, in Unix seconds. */
  registered_at: number;
  /** Null where it was given none, or the browser that had it is gone. */
  trust: {
    /** The id of the browser's key; null where the browser binds none. */
    browser: string | null;
    /** Whether it is trusted for every card at every merchant. */
    everywhere: boolean;
    /** The merchants' accounts at which it is trusted for a card, by this. */
    accounts: Array<string>;
    /** When it was given, in Unix seconds. */
    given_at: number;
  } | null;
}

/**
 * The confirmation of a payment as it is now. The amount is in Stripe's minor unit of the
 * currency.
 */
export interface ConfirmationState {
  user_id: string;
  account_id: string;
  /** The installation of the account that asked. */
  installation: string;
  /** The payer's handle at the merchant. */
  payer: string;
  amount: number;
  currency: string;
  status: "authenticated" | "failed";
  authenticated_at: number | null;
  credential_id: string | null;
  /** Whether the browser is trusted for this payment; null where it failed. */
  browser_bound: "trusted" | "new" | "absent" | null;
  /** Whether the payment still needs a stronger proof; null where it failed. */
  step_up_required: boolean | null;
}

/**
 * A payer's handle at a merchant as it is now. A suspended one becomes active again when
 * the payer allows it, an ended one never does.
 */
export interface PayerState {
  user_id: string;
  account_id: string;
  /** The installation of the account that the handle is for. */
  installation: string;
  status: "suspended" | "ended";
}

/**
 * A step-up decision as it is now. The amount is in Stripe's minor unit of the currency.
 */
export interface DecisionState {
  account_id: string;
  /** The installation of the account that the decision was made for. */
  installation: string;
  /** The payer's handle at the merchant. */
  payer: string | null;
  amount: number;
  currency: string;
  outcome: "proceed" | "step_up" | "decline" | "review";
  /** What the merchant does next, in the word of the decision. */
  next: string;
  /** The rule that decided. */
  rule: string;
  /** Whether it waited for a review, which has ended. */
  reviewed: boolean;
  /** Until when a payment may begin on it, in Unix seconds. */
  usable_until: number;
  result: {
    /** Whether the payment was made as it was decided; null before money was captured. */
    fulfilled: boolean | null;
    /** What falls short, in the words of the decision's results. */
    reasons: Array<string>;
    payment_intent: string | null;
    payment_status: string | null;
    amount_captured: number;
    amount_refunded: number;
    disputed: boolean;
    ceremony_id: string | null;
    ceremony_status: string | null;
  } | null;
}

/** A payment as it is now. Amounts are in Stripe's minor unit of the currency. */
export interface PaymentState {
  account_id: string;
  /** The installation of the account that the payment belongs to. */
  installation: string;
  /** The merchant's own name of the order. */
  reference: string;
  /** The payer's handle at the merchant. */
  payer: string | null;
  amount: number;
  currency: string;
  status: "requires_card" | "in_review" | "requires_step_up" | "ready" | "requires_action" | "processing" | "succeeded" | "canceled" | "failed" | "unreachable";
  /** Why it was canceled or has failed. */
  reason: string | null;
  /** The decision on the card that was named last. */
  decision: string | null;
  /** What was to prove that the cardholder pays; null before a card was decided on. */
  proof: "wallet" | "spc" | "3ds" | "none" | null;
  /** The PaymentIntent on the merchant's account. */
  payment_intent: string | null;
  amount_captured: number;
  amount_refunded: number;
  disputed: boolean;
  /** Who bears a fraud dispute, as far as the result of 3-D Secure tells. */
  liability: "issuer" | "merchant" | "unknown";
  /** Whether somebody else captured it, without the proof that was asked for. */
  unproven: boolean;
}

/** Stripe has verified this person's identity. */
export type IdentityVerified = BusEvent<"identity.verified", 1, SessionState>;

/** A check of this person's documents failed, for the reason in `error`. */
export type IdentityRequiresInput = BusEvent<"identity.requires_input", 1, SessionState>;

/** The person has submitted their documents, and Stripe is checking them. */
export type IdentityProcessing = BusEvent<"identity.processing", 1, SessionState>;

/** The session has ended without a verification. */
export type IdentityCanceled = BusEvent<"identity.canceled", 1, SessionState>;

/** Stripe has erased what it collected in this session: erase what you hold of it. */
export type IdentityRedacted = BusEvent<"identity.redacted", 1, SessionState>;

/** The person was verified by this session, and is no more. */
export type IdentityRevoked = BusEvent<"identity.revoked", 1, SessionState>;

/**
 * A user has connected a merchant's account; `confirmed` says whether Stripe has confirmed
 * the app there.
 */
export type AppInstalled = BusEvent<"app.installed", 1, AccountState>;

/** Stripe has confirmed the app on an account that was connected before. */
export type AppConfirmed = BusEvent<"app.confirmed", 1, AccountState>;

/** The app was uninstalled, and what belongs to this installation has ended. */
export type AppUninstalled = BusEvent<"app.uninstalled", 1, AccountState>;

/** Stripe refuses us this account, which may pass: nobody can act for it meanwhile. */
export type AppUnreachable = BusEvent<"app.unreachable", 1, AccountState>;

/**
 * What payers are shown, where they can pay, or who may act for the account has changed.
 */
export type AppSettingsChanged = BusEvent<"app.settings_changed", 1, ChangedAccount>;

/**
 * A person has registered a credential to confirm payments with; `trust` says whether it is
 * trusted everywhere from the start.
 */
export type SpcCredentialRegistered = BusEvent<"spc.credential_registered", 1, CredentialState>;

/** A person has removed a credential: it confirms nothing any more. */
export type SpcCredentialRemoved = BusEvent<"spc.credential_removed", 1, CredentialState>;

/** A credential can never answer again, since it may have been copied. */
export type SpcCredentialSuspended = BusEvent<"spc.credential_suspended", 1, CredentialState>;

/** A credential has become trusted in a browser, for what `trust` says. */
export type SpcBrowserTrusted = BusEvent<"spc.browser_trusted", 1, CredentialState>;

/** A payer has confirmed a payment. */
export type SpcAuthenticated = BusEvent<"spc.authenticated", 1, ConfirmationState>;

/**
 * A payer was asked to confirm a payment, and has not: they opted out, or the responses
 * were wrong too often.
 */
export type SpcFailed = BusEvent<"spc.failed", 1, ConfirmationState>;

/** A payer wants no more confirmations from this merchant. */
export type SpcOptedOut = BusEvent<"spc.opted_out", 1, PayerState>;

/** It is decided whether a payment needs a stronger proof, by the rules or by a review. */
export type StepUpDecided = BusEvent<"step_up.decided", 1, DecisionState>;

/** A payment waits until somebody reviews it. */
export type StepUpReviewNeeded = BusEvent<"step_up.review_needed", 1, DecisionState>;

/** What became of a decision's payment or confirmation is known, or has changed. */
export type StepUpResult = BusEvent<"step_up.result", 1, DecisionState>;

/** A merchant has begun a payment. */
export type PaymentCreated = BusEvent<"payment.created", 1, PaymentState>;

/** Stripe asks the payer for 3-D Secure: they have a quarter of an hour. */
export type PaymentRequiresAction = BusEvent<"payment.requires_action", 1, PaymentState>;

/** The money was captured, with the proof that was asked for. */
export type PaymentSucceeded = BusEvent<"payment.succeeded", 1, PaymentState>;

/**
 * The payment has ended without money, for the reason in `reason`: it was not to be paid,
 * or was declined too often.
 */
export type PaymentFailed = BusEvent<"payment.failed", 1, PaymentState>;

/**
 * The payment has ended without money, for the reason in `reason`: a hold on the card is
 * released.
 */
export type PaymentCanceled = BusEvent<"payment.canceled", 1, PaymentState>;

/**
 * The money was captured, but not by Countersign or not as it was decided: look at it
 * before you deliver.
 */
export type PaymentUnproven = BusEvent<"payment.unproven", 1, PaymentState>;

/** What was given back to the payer has changed: `amount_refunded` is all of it. */
export type PaymentRefunded = BusEvent<"payment.refunded", 1, PaymentState>;

/** The payer disputes the payment. */
export type PaymentDisputed = BusEvent<"payment.disputed", 1, PaymentState>;

/**
 * The account was lost while something of this payment may be open there: a person has to
 * look.
 */
export type PaymentUnreachable = BusEvent<"payment.unreachable", 1, PaymentState>;

/** Any of them. `detail-type` says which. */
export type CountersignEvent =
  | IdentityVerified
  | IdentityRequiresInput
  | IdentityProcessing
  | IdentityCanceled
  | IdentityRedacted
  | IdentityRevoked
  | AppInstalled
  | AppConfirmed
  | AppUninstalled
  | AppUnreachable
  | AppSettingsChanged
  | SpcCredentialRegistered
  | SpcCredentialRemoved
  | SpcCredentialSuspended
  | SpcBrowserTrusted
  | SpcAuthenticated
  | SpcFailed
  | SpcOptedOut
  | StepUpDecided
  | StepUpReviewNeeded
  | StepUpResult
  | PaymentCreated
  | PaymentRequiresAction
  | PaymentSucceeded
  | PaymentFailed
  | PaymentCanceled
  | PaymentUnproven
  | PaymentRefunded
  | PaymentDisputed
  | PaymentUnreachable;
