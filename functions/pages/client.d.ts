/** Countersign in the browser. Served at `/client.js` of a deployment, for any origin. */

/** An access token of the deployment's issuer, or how to get one (else `token_unavailable`). */
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
  /** In E.164 form; given to Stripe, which may show it to the visitor. */
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
 *   `token_unavailable`, `invalid_token`, `unexpected_answer`. `message` is for developers.
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
  /** What the sign-in sends to the issuer besides its own parameters. */
  sign_in_parameters: Record<string, string>;
  stripe_js_url: string;
  /** Empty when the deployment offers the redirect flow only. */
  stripe_publishable_key: string;
  /** The relying party's id; empty when the deployment confirms no payments. */
  spc_rp_id: string;
  /** Empty when there is none. */
  alternative_verification_url: string;
  version: string;
}

/** A Stripe account that the deployment's app is, or was, installed in. */
export interface Installation {
  account_id: string;
  /** Stripe's id of the person who installed the app, as `usr_…`. */
  installed_by: string;
  livemode: boolean;
  /** Whether Stripe has confirmed the mode; a live one can only be read before. */
  livemode_confirmed: boolean;
  status: "installed" | "uninstalled" | (string & {});
  payee_name: string | null;
  payee_origin: string | null;
  /** Whether the file `/.well-known/countersign.json` of that origin names the account. */
  payee_verified: boolean;
  checkout_origins: string[];
  /** The token subjects that may act for the account besides its owner. */
  clients: string[];
  /** Whether Stripe lets the deployment act for the account at present. */
  reachable: boolean;
  /** The permissions of the app that the merchant has yet to agree to, by Stripe's names. */
  permissions_missing: string[];
  /** Unix seconds. */
  installed_at: number;
  /** Unix seconds; null while installed. */
  uninstalled_at: number | null;
}

export interface InstallationChanges {
  payee_name?: string | null;
  payee_origin?: string | null;
  checkout_origins?: string[];
  clients?: string[];
}

/** Whose installation, and with whose token. */
export interface InstallationOptions extends Deployment {
  token: Token;
  /** As `acct_…`. */
  accountId: string;
}

/** What the server said besides its code. */
export interface RefusalDetails {
  status?: number;
  retryAfter?: number;
  errors?: { pointer: string; message: string }[];
}

/** A call that was not granted. */
export class Refusal extends Error {
  constructor(code: string, message: string, answer?: RefusalDetails);
  readonly code: string;
  /** The HTTP status; undefined when no answer came. */
  readonly status: number | undefined;
  /** Seconds to wait, when the server named them. */
  readonly retryAfter: number | undefined;
  /** The members that are wrong, as JSON Pointers; empty unless the status is 422. */
  readonly errors: { pointer: string; message: string }[];
}

/** Verify the identity of the person the token is for. Rejects only for wrong options. */
export function verifyIdentity(options: VerifyIdentityOptions): Promise<VerificationOutcome>;

/** How the caller's latest verification stands. Rejects with a `Refusal` (404: there is none). */
export function currentVerification(options: Deployment & { token: Token }): Promise<Verification>;

/** What the deployment publishes of its settings. Rejects with a `Refusal`. */
export function publicSettings(options?: Deployment): Promise<PublicSettings>;

/**
 * Begin to connect a Stripe account. Send the browser to `url` next, in the same browser: the answer
 * sets a cookie that ties the link to it. A page of another site than the deployment's can keep that
 * cookie only where the browser allows it; such deployments switch the binding off. `returnTo` is
 * where the visitor goes after Stripe and must be on the deployment's allow-list; `expires_at` is in
 * Unix seconds. Rejects with a `Refusal`.
 */
export function createInstallLink(
  options: Deployment & { token: Token; returnTo?: string },
): Promise<{ url: string; expires_at: number }>;

/** The caller's connections, newest first, at most 100 at a time. Rejects with a `Refusal`. */
export function listInstallations(
  options: Deployment & { token: Token; limit?: number; cursor?: string },
): Promise<{ data: Installation[]; next_cursor: string | null }>;

/** One of the caller's connections. Rejects with a `Refusal`. */
export function getInstallation(options: InstallationOptions): Promise<Installation>;

/** The account as Stripe returns it. Rejects with a `Refusal` (409 `not_installed`). */
export function getConnectedAccount(
  options: InstallationOptions,
): Promise<{ id: string; [member: string]: unknown }>;

/** Change what is given and leave the rest. Rejects with a `Refusal`, whose `errors` name members. */
export function updateInstallation(
  options: InstallationOptions & { changes: InstallationChanges },
): Promise<Installation>;

/**
 * Settle or cancel the account's open payments, and uninstall the app, at Stripe and here. Rejects
 * with a `Refusal` (409 `open_payments` where some cannot be ended now; with `force` they stay open
 * and the app is uninstalled all the same).
 */
export function deleteInstallation(
  options: InstallationOptions & { force?: boolean },
): Promise<Installation>;

/**
 * Finish a connection that was not tied to a browser: `confirmation` is in the fragment of the
 * address that the visitor came back to, and the token is that of the person who began. Rejects with
 * a `Refusal` (400 `invalid_confirmation`).
 */
export function confirmInstallation(
  options: InstallationOptions & { confirmation: string },
): Promise<Installation>;

export * from "./client/google-pay.js";
export * from "./client/payment-flow.js";
export * from "./client/payments.js";
