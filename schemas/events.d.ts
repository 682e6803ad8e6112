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

/**
 * A verification session as it is now. `status` and `error` are Stripe's words, `error` the
 * code of the last check that failed. `attempt` counts the sessions of the user.
 */
export interface SessionState {
  user_id: string;
  status: string;
  error: string | null;
  attempt: number;
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

/** Any of them. `detail-type` says which. */
export type CountersignEvent =
  | IdentityVerified
  | IdentityRequiresInput
  | IdentityProcessing
  | IdentityCanceled
  | IdentityRedacted
  | IdentityRevoked;
