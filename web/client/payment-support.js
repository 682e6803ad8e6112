// @ts-check
/** Whether this browser can confirm payments, on this page and on this device. */

/** A transparent pixel: an icon must be given, and must load. */
const PIXEL = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==";

/** The least that a request may hold; nothing of it is shown. */
const PROBE = {
  supportedMethods: "secure-payment-confirmation",
  data: {
    rpId: "rp.example",
    credentialIds: [new Uint8Array(1)],
    challenge: new Uint8Array(1),
    instrument: { displayName: "-", icon: PIXEL },
    payeeOrigin: "https://merchant.example",
  },
};

/** @type {typeof import("/client.js").paymentConfirmationSupport} */
export async function paymentConfirmationSupport() {
  /** @type {any} TypeScript does not know the static methods yet */
  const Request = globalThis.PaymentRequest;
  if (typeof Request !== "function") return support("no-payment-request", null);
  const [availability, keys] = await Promise.all([availabilityIn(Request), keysIn(Request)]);
  return support(availability, keys);
}

/** @param {string} availability @param {boolean | null} browserBoundKeys */
function support(availability, browserBoundKeys) {
  const available = availability === "available";
  return { available, reason: available ? null : availability, browserBoundKeys };
}

/** @param {any} Request @returns {Promise<string>} */
async function availabilityIn(Request) {
  try {
    if (Request.securePaymentConfirmationAvailability) {
      return await Request.securePaymentConfirmationAvailability();
    }
    const total = { label: "-", amount: { currency: "USD", value: "0" } };
    const can = await new Request([PROBE], { total }).canMakePayment();
    return can ? "available" : "unavailable-unknown-reason";
  } catch (error) {
    const isForbidden = error instanceof DOMException && error.name === "SecurityError";
    return isForbidden ? "unavailable-no-permission-policy" : "unavailable-unknown-reason";
  }
}

/** Whether it keeps browser bound keys in hardware; null where it does not say. @param {any} Request */
async function keysIn(Request) {
  try {
    const capabilities = await Request.getSecurePaymentConfirmationCapabilities();
    return capabilities.browserBoundKeyHardware ?? null;
  } catch {
    return null;
  }
}
