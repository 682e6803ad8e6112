// @ts-check
/**
 * Registering with a ticket, for the deployment's own page in a frame: the server lets no other page
 * read the answers.
 */

import { HOME, call, post } from "./calls.js";
import { attempt, create } from "./registration.js";

/** @typedef {import("./registration.js").Begun} Begun */

/** @type {typeof import("/client.js").createRegistrationTicket} */
export function createRegistrationTicket({ base = HOME, token, accountId }) {
  const body = { account_id: accountId };
  return call(base, "spc-registration-tickets", token, { body });
}

/**
 * Begin a registration with a ticket. Rejects with a `Refusal`.
 * @param {string} ticket
 * @returns {Promise<Begun>}
 */
export function beginWithTicket(ticket) {
  return post(HOME, "spc-framed-register-request", { ticket });
}

/**
 * Register, from a click, what was begun with a ticket. Never rejects.
 * @param {string} ticket
 * @param {Begun} begun
 */
export function registerWithTicket(ticket, begun) {
  return attempt(async () => {
    const answer = await create(begun);
    return post(HOME, "spc-framed-register-response", { ticket, ...answer });
  });
}
