// @ts-check
/** What a page asks of Google Pay, so that a server can decide on the answer. */

/** @typedef {import("/client.js").GooglePayRequestOptions} Options */
/** @typedef {import("/client.js").GooglePayCardNetwork} Network */

/** @type {Network[]} */
const NETWORKS = ["AMEX", "DISCOVER", "INTERAC", "JCB", "MASTERCARD", "VISA"];
/** @type {import("/client.js").GooglePayAuthMethod[]} */
const AUTH_METHODS = ["PAN_ONLY", "CRYPTOGRAM_3DS"];
const ALL_NETWORKS = [...NETWORKS, "ELECTRON", "ELO", "ELO_DEBIT", "MAESTRO"];

/**
 * What each text must look like, and the words for whoever gave none or another.
 * @type {[keyof Options, RegExp, string][]}
 */
const TEXTS = [
  ["merchantName", /\S/, "the name under which the payer knows the merchant"],
  ["countryCode", /^[A-Z]{2}$/, `the acquirer's country as two capital letters, such as "FR"`],
  ["currencyCode", /^[A-Z]{3}$/, 'the currency as three capital letters, such as "EUR"'],
  ["totalPrice", /^\d+(\.\d\d)?$/, 'the amount that is charged, as a string such as "19.99"'],
];
/** 65 bytes, the first of them 4, in base64. */
const POINT = /^B[A-Za-z0-9+/]{86}=$/;

/** @type {typeof import("/client.js").googlePayRequest} */
export function googlePayRequest(options) {
  check(options);
  const { merchantId, merchantName, countryCode, currencyCode, totalPrice } = options;
  return {
    apiVersion: 2,
    apiVersionMinor: 0,
    merchantInfo: merchantId === undefined ? { merchantName } : { merchantId, merchantName },
    allowedPaymentMethods: [card(options)],
    transactionInfo: { countryCode, currencyCode, totalPrice, totalPriceStatus: "FINAL" },
  };
}

/** @param {Options} options @returns {import("/client.js").GooglePayCardMethod} */
function card({
  allowedAuthMethods = AUTH_METHODS,
  allowedCardNetworks = NETWORKS,
  publicKey,
  gateway,
}) {
  return {
    type: "CARD",
    parameters: {
      allowedAuthMethods: [...allowedAuthMethods],
      allowedCardNetworks: [...allowedCardNetworks],
      // Without it nothing is said of the cardholder, in the token either.
      assuranceDetailsRequired: true,
    },
    tokenizationSpecification: gateway
      ? { type: "PAYMENT_GATEWAY", parameters: { ...gateway } }
      : { type: "DIRECT", parameters: { protocolVersion: "ECv2", publicKey: String(publicKey) } },
  };
}

/** @param {Options} options */
function check(options) {
  if (typeof options !== "object" || options === null) refuse("options", "an object");
  for (const [name, form, meaning] of TEXTS) {
    if (!isText(options[name], form)) refuse(name, meaning);
  }
  const { merchantId } = options;
  if (merchantId !== undefined && !isText(merchantId, /\S/)) {
    refuse("merchantId", "the merchant's id at Google, or left out in Google's TEST environment");
  }
  checkWords("allowedAuthMethods", options.allowedAuthMethods, AUTH_METHODS);
  checkWords("allowedCardNetworks", options.allowedCardNetworks, ALL_NETWORKS);
  checkRecipient(options);
}

/**
 * A list of some of these words, or left out.
 * @param {string} name @param {unknown} given @param {string[]} known
 */
function checkWords(name, given, known) {
  if (given === undefined) return;
  const isList = Array.isArray(given) && given.length > 0;
  if (!isList || !given.every((word) => known.includes(word))) {
    refuse(name, `one or more of ${known.join(", ")}`);
  }
}

/** A token is for the merchant, or for its gateway. @param {Options} options */
function checkRecipient({ publicKey, gateway }) {
  if ((publicKey === undefined) === (gateway === undefined)) {
    const ways = "publicKey, for tokens that your deployment opens, or gateway, for Stripe's";
    throw new TypeError(`googlePayRequest: give one of ${ways}.`);
  }
  if (publicKey !== undefined && !isText(publicKey, POINT)) {
    refuse("publicKey", "the deployment's key as an uncompressed point in base64, 88 characters");
  }
  if (gateway !== undefined && !(gateway && isText(gateway.gateway, /\S/))) {
    refuse("gateway", `the gateway's parameters, such as { gateway: "stripe", … }`);
  }
}

/** @param {unknown} value @param {RegExp} form */
function isText(value, form) {
  return typeof value === "string" && form.test(value);
}

/** @param {string} name @param {string} meaning @returns {never} */
function refuse(name, meaning) {
  throw new TypeError(`googlePayRequest: ${name} must be ${meaning}.`);
}
