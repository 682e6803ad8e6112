// @ts-check
/** Who is signed in at the shop itself, which is not the wallet's own sign-in. */

import { call, element, onPress, text } from "./common.js";

const name = /** @type {HTMLInputElement} */ (element("customer-name"));

/**
 * @param {(customer: { name: string }) => unknown} known called with who is signed in, if anybody is
 * @param {() => unknown} changed called once somebody else is signed in, or nobody
 */
export async function showCustomer(known, changed) {
  /** @param {string} method @param {object} [body] */
  async function change(method, body) {
    known(say(await call(method, "/customer", body)));
    await changed();
  }

  element("customer-form").onsubmit = async (event) => {
    event.preventDefault();
    if (name.value.trim()) await change("POST", { name: name.value.trim() });
  };
  onPress(element("customer-leave"), () => change("DELETE"));
  known(say(await call("GET", "/customer")));
}

/** @param {{ name: string }} customer */
function say(customer) {
  const known = customer.name !== "";
  element("customer-text").textContent = text(known ? "customer.known" : "customer.unknown", customer);
  element("customer-form").hidden = known;
  element("customer-leave").hidden = !known;
  return customer;
}
