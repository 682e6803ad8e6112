// @ts-check
/** The browser's own dialog, in which a person approves something, and how it ends. */

import { codeOfUnlisted } from "./browser-errors.js";
import { paymentData } from "./credentials.js";

/**
 * How the dialog ends by the name of its error (Secure Payment Confirmation, section 4.1.10): the
 * reason, and a code where the reason alone does not tell a developer what happened.
 * @type {Record<string, [import("/client.js").FallbackReason, string?]>}
 */
const ENDS = {
  AbortError: ["cancelled"],
  NotAllowedError: ["no_credential_or_other_way"],
  OptOutError: ["opted_out"],
  NotSupportedError: ["unsupported", "not_supported"],
  SecurityError: ["unavailable", "user_activation_needed"],
  InvalidStateError: ["unavailable", "dialog_open"],
  RangeError: ["unavailable", "invalid_request"],
  TypeError: ["unavailable", "invalid_request"],
};

/** @type {import("/client.js").FallbackReason} */
const UNKNOWN = "unavailable";

/** Whether a dialog of this page's is open: a second one fails as if the payer had canceled it. */
let open = false;

/**
 * Show what the server has asked to show, until `close` or an error.
 * @param {{ request: object, total: { value: string, currency: string }, label?: string }} asked
 */
export async function show({ request, total, label = "Total" }) {
  if (open) throw new DOMException("The dialog of another call is open.", "InvalidStateError");
  const method = { supportedMethods: "secure-payment-confirmation", data: paymentData(request) };
  const dialog = new PaymentRequest([method], { total: { label, amount: total } });
  open = true;
  try {
    return await dialog.show();
  } catch (error) {
    open = false;
    throw error;
  }
}

/** Why the dialog ended without an answer. @param {unknown} error */
export function endOf(error) {
  const { name = "", message = "" } = error instanceof Error ? error : {};
  const [reason, code] = Object.hasOwn(ENDS, name) ? ENDS[name] : [UNKNOWN, codeOfUnlisted(name)];
  return { reason, code, message };
}

/**
 * Have the dialog show what became of its answer; it may be closed already.
 * @param {PaymentResponse} response
 * @param {PaymentComplete} result
 */
export async function close(response, result) {
  await response.complete(result).catch(() => undefined);
  open = false;
}
