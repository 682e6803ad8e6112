// @ts-check
/** Connecting the shop: by itself, or with an account that somebody has connected for it. */

import { Failure, call, element, hasText, notify, onPress, text } from "./common.js";

const account = /** @type {HTMLInputElement} */ (element("account"));

showConnected();
onPress(element("demo"), () => connect(() => call("POST", "/connection/demo"), element("notice")));
onPress(element("disconnect"), () =>
  connect(() => call("DELETE", "/connection"), element("notice")),
);
element("by-hand").onsubmit = (event) => {
  event.preventDefault();
  const account_id = account.value.trim();
  return connect(() => call("POST", "/connection", { account_id }), element("fault"));
};

/**
 * @param {() => Promise<{ account_id: string | null }>} run
 * @param {HTMLElement} place where to say what went wrong
 */
async function connect(run, place) {
  element("fault").textContent = "";
  notify(text("set_up.working"));
  try {
    document.body.dataset.accountId = (await run()).account_id ?? "";
    notify("");
    showConnected();
    element("heading").focus();
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    notify("");
    const known = hasText(`set_up.fault.${error.code}`) ? error.code : "other";
    place.textContent = text(`set_up.fault.${known}`, { code: error.code });
    if (place === element("fault")) account.focus();
  }
}

function showConnected() {
  const { accountId = "" } = document.body.dataset;
  account.value = accountId || account.value;
  element("connected-text").textContent = text("set_up.connected", { account_id: accountId });
  element("connected").hidden = accountId === "";
}
