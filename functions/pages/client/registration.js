// @ts-check
/** Registering a payment credential, on a page of the deployment. */

import { HOME, Refusal, call } from "./calls.js";
import { answerOf, creationOptions } from "./credentials.js";

/** @typedef {import("../client.js").RegistrationOutcome} Outcome */

/**
 * Why nothing was registered, by the name of the browser's error.
 * @type {Record<string, [import("../client.js").NotRegisteredReason, string]>}
 */
const ENDS = {
  AbortError: ["cancelled", "aborted"],
  NotAllowedError: ["cancelled", "not_allowed"],
  InvalidStateError: ["already_registered", "credential_exists"],
  ConstraintError: ["unsupported", "no_user_verification"],
  NotSupportedError: ["unsupported", "not_supported"],
  SecurityError: ["unsupported", "not_allowed_here"],
};

/** @type {typeof import("../client.js").registerPaymentCredential} */
export async function registerPaymentCredential({ base = HOME, token, accountId }) {
  try {
    if (!(await canRegister())) return notRegistered("unsupported", "no_platform_authenticator");
    return await register(base, token, accountId);
  } catch (error) {
    return failed(error);
  }
}

async function canRegister() {
  const found = globalThis.PublicKeyCredential;
  return (await found?.isUserVerifyingPlatformAuthenticatorAvailable?.()) ?? false;
}

/**
 * @param {string} base
 * @param {import("../client.js").Token} token
 * @param {string | undefined} account_id
 * @returns {Promise<Outcome>}
 */
async function register(base, token, account_id) {
  const begun = await call(base, "spc-register-request", token, { body: { account_id } });
  const publicKey = creationOptions(begun.publicKey);
  const created = await navigator.credentials.create({ publicKey });
  const body = { ceremony_id: begun.ceremony_id, ...answerOf(created) };
  const credential = await call(base, "spc-register-response", token, { body });
  return { status: "registered", credential };
}

/** @param {unknown} error @returns {Outcome} */
function failed(error) {
  if (error instanceof Refusal) {
    const { status = 500, code, message, retryAfter } = error;
    const reason = status < 500 && status !== 429 ? "refused" : "unavailable";
    return notRegistered(reason, code, message, retryAfter);
  }
  const { name = "", message = "" } = error instanceof Error ? error : {};
  const [reason, code] = Object.hasOwn(ENDS, name) ? ENDS[name] : ["unavailable", "unexpected"];
  return notRegistered(/** @type {any} */ (reason), code, message);
}

/**
 * @param {import("../client.js").NotRegisteredReason} reason
 * @param {string} code
 * @param {string} [message]
 * @param {number} [retryAfter]
 * @returns {Outcome}
 */
function notRegistered(reason, code, message = "", retryAfter) {
  return { status: "not_registered", reason, code, message, retryAfter };
}
