/** Google Pay in the browser; part of `/client.js`. */

export type GooglePayCardNetwork =
  | "AMEX"
  | "DISCOVER"
  | "ELECTRON"
  | "ELO"
  | "ELO_DEBIT"
  | "INTERAC"
  | "JCB"
  | "MAESTRO"
  | "MASTERCARD"
  | "VISA";

/** A card of the Google account, or a device's own number for it. */
export type GooglePayAuthMethod = "PAN_ONLY" | "CRYPTOGRAM_3DS";

/** Give one of `publicKey` and `gateway`. */
export interface GooglePayRequestOptions {
  /** The merchant's id at Google; Google's TEST environment needs none. */
  merchantId?: string;
  /** The name under which the payer knows the merchant. */
  merchantName: string;
  /** The acquirer's country (ISO 3166-1 alpha-2): that of the merchant's Stripe account. */
  countryCode: string;
  /** As the payment will be made in (ISO 4217). */
  currencyCode: string;
  /** What is charged, as `"19.99"`; your server gives Countersign the same amount. */
  totalPrice: string;
  /**
   * By default both. `["PAN_ONLY"]`, as `google_pay` of a decision has it, asks for a card that can
   * do 3-D Secure; `["CRYPTOGRAM_3DS"]` leaves out most payers on a desktop. A page can be altered:
   * the server looks at the card all the same.
   */
  allowedAuthMethods?: GooglePayAuthMethod[];
  /** By default AMEX, DISCOVER, INTERAC, JCB, MASTERCARD and VISA. */
  allowedCardNetworks?: GooglePayCardNetwork[];
  /** For tokens that the deployment opens: its public key, an uncompressed point in base64. */
  publicKey?: string;
  /**
   * For tokens that the gateway opens, its parameters: of Stripe `{ gateway: "stripe",
   * "stripe:version": …, "stripe:publishableKey": … }`. Nothing in such a token proves anything to
   * the deployment; name the PaymentMethod that Stripe makes of it, and Stripe says what it is.
   */
  gateway?: { gateway: string; [parameter: string]: string };
}

export interface GooglePayCardMethod {
  type: "CARD";
  parameters: {
    allowedAuthMethods: GooglePayAuthMethod[];
    allowedCardNetworks: GooglePayCardNetwork[];
    assuranceDetailsRequired: true;
  };
  tokenizationSpecification:
    | { type: "DIRECT"; parameters: { protocolVersion: "ECv2"; publicKey: string } }
    | { type: "PAYMENT_GATEWAY"; parameters: { [parameter: string]: string } };
}

/** A `PaymentDataRequest` of Google Pay's API 2.0. */
export interface GooglePayRequest {
  apiVersion: 2;
  apiVersionMinor: 0;
  merchantInfo: { merchantId?: string; merchantName: string };
  allowedPaymentMethods: GooglePayCardMethod[];
  transactionInfo: {
    countryCode: string;
    currencyCode: string;
    totalPrice: string;
    totalPriceStatus: "FINAL";
  };
}

/**
 * The request to give to `loadPaymentData` of Google's `PaymentsClient`, which asks for all that a
 * step-up decision goes by. Send your server the answer's whole `PaymentData`; it gives it to
 * `POST /step-up-decisions` as `google_pay.payment_data`. Throws a `TypeError` that names the option
 * that is missing or wrong.
 */
export function googlePayRequest(options: GooglePayRequestOptions): GooglePayRequest;
