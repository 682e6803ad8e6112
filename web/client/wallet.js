// @ts-check
/** What a payer has registered, and which merchants may ask. */

import { HOME, call } from "./calls.js";

/** @type {typeof import("/client.js").listPaymentCredentials} */
export function listPaymentCredentials({ base = HOME, token }) {
  return call(base, "spc-credentials", token);
}

/** @type {typeof import("/client.js").deletePaymentCredential} */
export function deletePaymentCredential({ base = HOME, token, credentialId }) {
  return call(base, credential(credentialId), token, { method: "DELETE" });
}

/** @type {typeof import("/client.js").removeBrowser} */
export function removeBrowser({ base = HOME, token, credentialId, browserKeyId }) {
  return call(base, browserPath(credentialId, browserKeyId), token, { method: "DELETE" });
}

/** @type {typeof import("/client.js").listMerchants} */
export function listMerchants({ base = HOME, token, cursor }) {
  const query = cursor ? `?${new URLSearchParams({ cursor })}` : "";
  return call(base, `spc-payers${query}`, token);
}

/** @type {typeof import("/client.js").getMerchant} */
export function getMerchant({ base = HOME, token, accountId }) {
  return call(base, merchant(accountId), token);
}

/** @type {typeof import("/client.js").allowMerchant} */
export function allowMerchant({ base = HOME, token, accountId, returnTo }) {
  const body = { account_id: accountId, return_to: returnTo };
  return call(base, "spc-payers", token, { body });
}

/** @type {typeof import("/client.js").endMerchant} */
export function endMerchant({ base = HOME, token, accountId }) {
  return call(base, merchant(accountId), token, { method: "DELETE" });
}

/** @param {string} credentialId @param {string} browserKeyId */
export function browserPath(credentialId, browserKeyId) {
  return `${credential(credentialId)}/browser-keys/${encodeURIComponent(browserKeyId)}`;
}

/** @param {string} credentialId */
function credential(credentialId) {
  return `spc-credentials/${encodeURIComponent(credentialId)}`;
}

/** @param {string} accountId */
function merchant(accountId) {
  return `spc-payers/${encodeURIComponent(accountId)}`;
}
