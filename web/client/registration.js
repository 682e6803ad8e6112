// @ts-check
/** Registering a payment credential. */

import { HOME, Refusal, call } from "./calls.js";
import { codeOfUnlisted } from "./browser-errors.js";
import { answerOf, creationOptions } from "./credentials.js";
import { paymentConfirmationSupport } from "./payment-support.js";

/** @typedef {import("/client.js").RegistrationOutcome} Outcome */
/** What a registration begins with. @typedef {{ ceremony_id: string, publicKey: any }} Begun */

/**
 * Why nothing was registered, by the name of the browser's error.
 * @type {Record<string, [import("/client.js").NotRegisteredReason, string]>}
 */
const ENDS = {
  AbortError: ["cancelled", "aborted"],
  NotAllowedError: ["cancelled", "not_allowed"],
  InvalidStateError: ["already_registered", "credential_exists"],
  ConstraintError: ["unsupported", "no_user_verification"],
  NotSupportedError: ["unsupported", "not_supported"],
  SecurityError: ["unsupported", "not_allowed_here"],
};

/** @type {import("/client.js").NotRegisteredReason} */
const UNKNOWN = "unavailable";

/** @type {typeof import("/client.js").registerPaymentCredential} */
export function registerPaymentCredential({ base = HOME, token }) {
  return attempt(async () => {
    const body = await create(await call(base, "spc-register-request", token, { body: {} }));
    return call(base, "spc-register-response", token, { body });
  });
}

/**
 * Run a registration where it is of use, and say how it ended.
 * @param {() => Promise<any>} register
 * @returns {Promise<Outcome>}
 */
export async function attempt(register) {
  try {
    const obstacle = await findObstacle();
    if (obstacle) return notRegistered("unsupported", obstacle);
    return { status: "registered", credential: await register() };
  } catch (error) {
    return failed(error);
  }
}

/**
 * Have the device create a credential; what the server is sent of it.
 * @param {Begun} begun
 */
export async function create({ ceremony_id, publicKey }) {
  const options = creationOptions(publicKey);
  const created = await navigator.credentials.create({ publicKey: options });
  return { ceremony_id, ...answerOf(created) };
}

/**
 * Why a credential made here would be of no use. Browsers that cannot confirm payments make one all
 * the same; those that can say so even where the page may ask for none, as in a merchant's frame.
 */
async function findObstacle() {
  const { reason } = await paymentConfirmationSupport();
  if (reason !== null && reason !== "unavailable-no-permission-policy") return reason;
  const found = globalThis.PublicKeyCredential;
  const able = await found?.isUserVerifyingPlatformAuthenticatorAvailable?.();
  return able ? null : "no_platform_authenticator";
}

/** @param {unknown} error @returns {Outcome} */
function failed(error) {
  if (error instanceof Refusal) {
    const { status = 500, code, message, retryAfter } = error;
    const reason = status < 500 && status !== 429 ? "refused" : "unavailable";
    return notRegistered(reason, code, message, retryAfter);
  }
  const { name = "", message = "" } = error instanceof Error ? error : {};
  const [reason, code] = Object.hasOwn(ENDS, name) ? ENDS[name] : [UNKNOWN, codeOfUnlisted(name)];
  return notRegistered(/** @type {any} */ (reason), code, message);
}

/**
 * @param {import("/client.js").NotRegisteredReason} reason
 * @param {string} code
 * @param {string} [message]
 * @param {number} [retryAfter]
 * @returns {Outcome}
 */
function notRegistered(reason, code, message = "", retryAfter) {
  return { status: "not_registered", reason, code, message, retryAfter };
}
