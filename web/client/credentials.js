// @ts-check
/**
 * Public key credentials as JSON, both ways (Web Authentication Level 3, section 5.1). Not by the
 * browser's own `toJSON()`: it leaves out the payment extension's results.
 */

import { decode, encode } from "./base64url.js";

/**
 * `PublicKeyCredentialCreationOptionsJSON` for `navigator.credentials.create()`.
 * @param {any} options
 * @returns {PublicKeyCredentialCreationOptions}
 */
export function creationOptions({ challenge, user, excludeCredentials = [], ...others }) {
  return {
    ...others,
    challenge: decode(challenge),
    user: { ...user, id: decode(user.id) },
    excludeCredentials: excludeCredentials.map((/** @type {any} */ known) => ({
      ...known,
      id: decode(known.id),
    })),
  };
}

/**
 * The `data` of an SPC request (Secure Payment Confirmation, section 4.1.1).
 * @param {any} request
 */
export function paymentData({ challenge, credentialIds, ...others }) {
  return { ...others, challenge: decode(challenge), credentialIds: credentialIds.map(decode) };
}

/**
 * What the server is sent of a credential: its answer, and the signature that binds it to this
 * browser, where there is one.
 * @param {any} credential
 */
export function answerOf(credential) {
  const { id, rawId, type, response } = credential;
  const names = [
    "clientDataJSON",
    "attestationObject",
    "authenticatorData",
    "signature",
    "userHandle",
  ];
  const present = names.filter((name) => response[name]);
  const members = present.map((name) => [name, encode(response[name])]);
  const signature =
    credential.getClientExtensionResults().payment?.browserBoundSignature?.signature;
  return {
    credential: { id, rawId: encode(rawId), type, response: Object.fromEntries(members) },
    browser_bound_signature: signature && encode(signature),
  };
}
