/**
 * Countersign in the browser, for any site that a deployment lists in its allowed origins.
 *
 *   import { verifyIdentity } from "https://countersign.example.com/client.js";
 *   const outcome = await verifyIdentity({ token: accessToken });
 *
 * The types are in client.d.ts beside this file. Nothing here logs or stores a secret.
 */

export { Refusal } from "./client/calls.js";
export { approveBrowser } from "./client/approval.js";
export { confirmPayment } from "./client/confirmation.js";
export { googlePayRequest } from "./client/google-pay.js";
export { currentVerification, verifyIdentity } from "./client/identity.js";
export {
  confirmInstallation,
  createInstallLink,
  deleteInstallation,
  getConnectedAccount,
  getInstallation,
  listInstallations,
  updateInstallation,
} from "./client/installations.js";
export { payWithCountersign } from "./client/payment-flow.js";
export { paymentConfirmationSupport } from "./client/payment-support.js";
export { registerPaymentCredential } from "./client/registration.js";
export { registrationFrame } from "./client/registration-frame.js";
export { createRegistrationTicket } from "./client/ticket-registration.js";
export { publicSettings } from "./client/settings.js";
export {
  allowMerchant,
  deletePaymentCredential,
  endMerchant,
  getMerchant,
  listMerchants,
  listPaymentCredentials,
  removeBrowser,
} from "./client/wallet.js";
