/** Countersign in the browser. Served at `/client.js` of a deployment, for any origin. */

/** An access token of the deployment's issuer, or how to get one. */
export type Token = string | (() => string | Promise<string>);

export interface Deployment {
  /** The deployment's address; by default the one this module was loaded from. */
  base?: string;
}

export interface VerifyIdentityOptions extends Deployment {
  token: Token;
  /** `modal` opens over this page (the default); `redirect` leaves for Stripe's own page. */
  flow?: "modal" | "redirect";
  /** Where a visitor goes after Stripe's page; must be on the deployment's allow-list. */
  returnUrl?: string;
  /** Told to Stripe, which may show it to the visitor. */
  email?: string;
  /** In E.164 form; told to Stripe, which may show it to the visitor. */
  phone?: string;
}

/**
 * - `submitted`: the visitor went through the modal; the result follows (`currentVerification`).
 * - `redirecting`: the browser is leaving for Stripe's page.
 * - `refused`: nothing was submitted. By `stripe`, in the modal: `code` is one of Stripe's client
 *   error codes (`consent_declined`, `device_unsupported`, `under_supported_age`,
 *   `phone_otp_declined`, `email_verification_declined`, `session_cancelled`, …). By
 *   `countersign`, before it: a code of the API (`already_verified`, `verification_in_progress`,
 *   `too_many_attempts`, …), or one of this module's: `network_error`, `modal_unavailable`,
 *   `modal_failed`, `stripe_js_unavailable`, `rate_limited`, `service_unavailable`,
 *   `unexpected_answer`. `message` is for developers. On a page of another origin a token that has
 *   expired ends as `network_error`: API Gateway refuses it in an answer that such a page may not read.
 */
export type VerificationOutcome =
  | { status: "submitted" }
  | { status: "redirecting" }
  | {
      status: "refused";
      by: "stripe" | "countersign";
      code: string;
      message: string;
      /** Seconds to wait, when the server named them. */
      retryAfter?: number;
    };

export interface Verification {
  id: string;
  status: "requires_input" | "processing" | "verified" | "canceled" | "redacted" | (string & {});
  last_error: { code: string; message: string | null } | null;
  /** Whether the same session can be opened again. */
  retryable: boolean;
  attempt: number;
  livemode: boolean;
  /** Unix seconds. */
  created: number;
  /** Unix seconds. */
  updated: number;
}

export interface PublicSettings {
  issuer: string;
  client_id: string;
  stripe_js_url: string;
  /** Empty when the deployment offers the redirect flow only. */
  stripe_publishable_key: string;
  /** Empty when there is none. */
  alternative_verification_url: string;
  version: string;
}

/** A call that was not granted. */
export class Refusal extends Error {
  constructor(code: string, message: string, answer?: { status?: number; retryAfter?: number });
  readonly code: string;
  /** The HTTP status; undefined when no answer came. */
  readonly status: number | undefined;
  /** Seconds to wait, when the server named them. */
  readonly retryAfter: number | undefined;
}

/** Verify the identity of the person whom the token speaks for. Rejects only for wrong options. */
export function verifyIdentity(options: VerifyIdentityOptions): Promise<VerificationOutcome>;

/** How the caller's latest verification stands. Rejects with a `Refusal` (404: there is none). */
export function currentVerification(options: Deployment & { token: Token }): Promise<Verification>;

/** What the deployment tells everybody. Rejects with a `Refusal`. */
export function publicSettings(options?: Deployment): Promise<PublicSettings>;
