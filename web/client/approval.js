// @ts-check
/** A person approves a new browser in one that they trust, in the dialog that payments have. */

import { HOME, Refusal, call } from "./calls.js";
import { answerOf } from "./credentials.js";
import { close, endOf, show } from "./payment-dialog.js";
import { paymentConfirmationSupport } from "./payment-support.js";
import { browserPath } from "./wallet.js";

/** @type {typeof import("/client.js").approveBrowser} */
export async function approveBrowser({ base = HOME, token, credentialId, browserKeyId, label }) {
  const { available, reason } = await paymentConfirmationSupport();
  if (!available) throw new Refusal("unsupported", `Nothing can be approved here: ${reason}.`);
  const path = browserPath(credentialId, browserKeyId);
  const asking = call(base, `${path}/approval-request`, token, { method: "POST" });
  const { ceremony_id, request, total } = await asking;
  const response = await show({ request, total, label }).catch(ended);
  try {
    const body = { ceremony_id, ...answerOf(response.details) };
    const credential = await call(base, `${path}/trust`, token, { body });
    await close(response, "success");
    return credential;
  } catch (error) {
    await close(response, "fail");
    throw error instanceof Refusal ? error : new Refusal("unexpected_answer", String(error));
  }
}

/** @param {unknown} error @returns {never} */
function ended(error) {
  const { reason, code, message } = endOf(error);
  throw new Refusal(code ?? reason, message);
}
