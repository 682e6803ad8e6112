/** Secure Payment Confirmation in the browser; part of `/client.js`. */

import type { Deployment, Token } from "../client.js";

/** A payment credential of the caller's wallet; times are Unix seconds. */
export interface PaymentCredential {
  credential_id: string;
  created: number;
  last_used: number | null;
  /** Whether the device's maker keeps a copy, for the person's other devices. */
  backed_up: boolean;
  /** Whether it can never answer again, as after a reset of its authenticator: register another. */
  suspended: boolean;
  /** What it is trusted for itself, in a browser that binds no key. */
  trusted: Trusted;
  /** The browsers it was used in; one that is `pending` is trusted for nothing yet. */
  browser_keys: ({ id: string; status: "trusted" | "pending"; created: number } & Trusted)[];
}

/** Payments that need no step-up: all of them, or those with some cards at these accounts. */
export interface Trusted {
  everywhere: boolean;
  accounts: string[];
}

/** A merchant, as payers know it, and whether the caller lets it ask for confirmations. */
export interface Merchant {
  account_id: string;
  payee_name: string | null;
  payee_origin: string | null;
  /** `suspended`: the caller opted out on its page. */
  status: "none" | "active" | "suspended";
  /** Unix seconds; null while the caller has never allowed it. */
  created: number | null;
}

/**
 * `unsupported`: not by this browser (`code` is a reason of `paymentConfirmationSupport`), device or
 * page. `cancelled`: the person did not go through with it. `already_registered`: this device is in
 * the wallet; where this browser does not offer it for payments, it has to be removed there first.
 * `refused`: by the server; `code` is the API's, or `invalid_token` where the page may not read it:
 * the token has expired, or the page is on none of the deployment's own sites. `unavailable`: try
 * again later.
 */
export type NotRegisteredReason =
  "unsupported" | "cancelled" | "already_registered" | "refused" | "unavailable";

export type RegistrationOutcome =
  | {
      status: "registered";
      credential: {
        credential_id: string;
        created: number;
        backed_up: boolean;
        browser_bound: boolean;
      };
    }
  | {
      status: "not_registered";
      reason: NotRegisteredReason;
      code: string;
      message: string;
      retryAfter?: number;
    };

/**
 * `unsupported`: not by this browser, device or page, or an image that must be shown could not be
 * (`not_supported`). An icon or logo that is no data: URL is fetched under your page's own
 * Content-Security-Policy, whose `img-src` must allow it. `no_credential_or_other_way`: there is no
 * credential of the payer's on this device, or they chose another way; browsers do not tell which.
 * `cancelled`: by the payer, their device did not recognize them, or another tab shows a dialog.
 * `opted_out`: the payer wants no more of this; the handle is suspended, unless `code` says why the
 * server did not record it. `refused`: the server did not accept the answer; `code` is the API's.
 * `unavailable`: no verdict came (`answer_lost`: there is one, ask your server), or the dialog could
 * not open (`user_activation_needed`: call this from a click; `invalid_request`; `dialog_open`: an
 * earlier call's is open, wait for its outcome).
 */
export type FallbackReason =
  | "unsupported"
  | "no_credential_or_other_way"
  | "cancelled"
  | "opted_out"
  | "refused"
  | "unavailable";

/**
 * However it ended, tell your server, and do what it answers: it reads the verdict from
 * `GET /spc-ceremonies/{id}` and decides, whatever a page says. Whether a payment goes on without 3-D
 * Secure is for its decision to say, and for no page.
 */
export type ConfirmationOutcome =
  | {
      status: "authenticated";
      next: "ask_server";
      confirmation: {
        ceremony_id: string;
        credential_id: string;
        browser_bound: "trusted" | "new" | "absent";
        backed_up: boolean;
        /** Whether the deployment wants more than this browser's word: what your server reads counts. */
        step_up_required: boolean;
      };
    }
  | { status: "fallback"; reason: FallbackReason; code?: string; message: string; next: "ask_server" };

/** `request`, `total` and `ceremony_id` are what `POST /spc-auth-request` gave to your server. */
export interface ConfirmPaymentOptions extends Deployment {
  request: object;
  total: { value: string; currency: string };
  ceremonyId: string;
  /** What the total is called in the dialog. */
  label?: string;
  /**
   * Called when the payer opted out: forget what you keep of them for this. An error of yours is
   * reported as uncaught, and the payment goes on.
   */
  onOptOut?: () => unknown;
}

/**
 * Register a payment credential of the person the token is for, from a click: on pages of
 * the deployment, and of its allowed origins whose domain is the relying party's id or one below it.
 * Elsewhere use `registrationFrame`. Never rejects.
 */
export function registerPaymentCredential(
  options: Deployment & { token: Token },
): Promise<RegistrationOutcome>;

/**
 * A ticket for one registration of the person the token is for, on the deployment's own page, which
 * the checkout origins of the account may frame: for five minutes (`expires_at`, Unix seconds). Whoever
 * holds it can register a credential in that person's wallet. Rejects with a `Refusal`.
 */
export function createRegistrationTicket(
  options: Deployment & { token: Token; accountId?: string },
): Promise<{ ticket: string; expires_at: number }>;

/**
 * A frame in which a person registers a payment credential without leaving your page, which must be on
 * one of the account's checkout origins. Put `element` into the page. `ticket` is what
 * `POST /spc-registration-tickets` gave to your server for this person and this account, or how to get
 * one: give a function, since a ticket lasts five minutes. Without one, the person signs in to their
 * wallet in a window that the frame opens, and neither their token nor a ticket reaches your page; that
 * needs a page whose Cross-Origin-Opener-Policy is `unsafe-none` or `same-origin-allow-popups`. The
 * frame says whose wallet it is. `onOutcome` is called after every try, and with the code
 * `ticket_unavailable` where `ticket` failed; `close` takes the frame away.
 */
export function registrationFrame(
  options: Deployment & {
    accountId: string;
    ticket?: string | null | (() => string | null | Promise<string | null>);
    /** The frame's accessible name. */
    title?: string;
    onOutcome?: (outcome: { registered: boolean; code?: string }) => unknown;
  },
): { element: HTMLIFrameElement; close: () => void };

/**
 * Whether payments can be confirmed here. `reason` is the standard's word
 * (`SecurePaymentConfirmationAvailability`), or `no-payment-request`; `browserBoundKeys` tells
 * whether the browser keeps keys of its own in hardware, null where it does not say. Never rejects.
 */
export function paymentConfirmationSupport(): Promise<{
  available: boolean;
  reason: string | null;
  browserBoundKeys: boolean | null;
}>;

/**
 * Have the payer confirm one payment, from a click. A page may be framed if the frame allows
 * `payment`. Every end is a result with the next step in it. Never rejects.
 */
export function confirmPayment(options: ConfirmPaymentOptions): Promise<ConfirmationOutcome>;

/** The caller's payment credentials, newest first. Rejects with a `Refusal`, as all of these do. */
export function listPaymentCredentials(
  options: Deployment & { token: Token },
): Promise<{ data: PaymentCredential[]; next_cursor: string | null }>;

/** Forget a payment credential of the caller's. */
export function deletePaymentCredential(
  options: Deployment & { token: Token; credentialId: string },
): Promise<null>;

/**
 * Have the caller approve a browser, from a click on a page of the deployment's own, in a browser
 * that is trusted with anything: the approved one is then trusted with the same, and no more. The
 * codes of its refusals are the API's (`trusted_browser_required`: this browser is none of those), or
 * how the dialog ended: `unsupported`, `not_supported`, `cancelled`, `no_credential_or_other_way`,
 * `user_activation_needed`, `dialog_open`, `invalid_request`. `label` is what the total of nothing is
 * called in the dialog.
 */
export function approveBrowser(
  options: Deployment & {
    token: Token;
    credentialId: string;
    browserKeyId: string;
    label?: string;
  },
): Promise<PaymentCredential>;

/** Forget a browser of a credential of the caller's: it is new when the credential is next used there. */
export function removeBrowser(
  options: Deployment & { token: Token; credentialId: string; browserKeyId: string },
): Promise<null>;

/** The merchants that may ask the caller for confirmations, newest first. */
export function listMerchants(
  options: Deployment & { token: Token; cursor?: string },
): Promise<{ data: Merchant[]; next_cursor: string | null }>;

/** One merchant (404 `installation_not_found`), whether the caller lets it ask or not. */
export function getMerchant(
  options: Deployment & { token: Token; accountId: string },
): Promise<Merchant>;

/**
 * Let a merchant ask the caller for confirmations; the same handle again, unless it was ended.
 * `returnTo` is where the caller's page goes on to with the handle: on a checkout origin of the
 * merchant's or on the deployment's allow-list (422 `return_to_not_allowed`).
 */
export function allowMerchant(
  options: Deployment & { token: Token; accountId: string; returnTo?: string },
): Promise<{ payer: string; return_to: string | null }>;

/** End the caller's handle at a merchant permanently. */
export function endMerchant(
  options: Deployment & { token: Token; accountId: string },
): Promise<null>;
