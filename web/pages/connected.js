// @ts-check
/** One connection: what it is, how it is finished, set and ended. */

import { Refusal, confirmInstallation, getInstallation } from "../client.js";
import { nameAtStripe } from "./account-name.js";
import { showAgreement } from "./agreement.js";
import { forgetConfirmation, pendingConfirmation, takeConfirmation } from "./confirming.js";
import {
  reveal,
  showConfirming,
  showNotFound,
  showRefused,
  showSignedOut,
  showUnavailable,
  toConnect,
  toConnections,
} from "./connection-states.js";
import { modeOf } from "./connections.js";
import { prepareDisconnecting } from "./disconnecting.js";
import { formatTime, t } from "./messages.js";
import { element, show, showTestMode, start } from "./page.js";
import { prepareSettings, showSettings } from "./settings-form.js";
import { session } from "./sign-in.js";

/** @typedef {import("/client.js").Installation} Installation */
/** @typedef {{ token: string, accountId: string }} Whose */

/**
 * What the parts of the page need: whose connection it is (null when nobody is signed in any more,
 * which is shown then), how to show it as it is now, and what to do with a refusal that concerns the
 * whole page (true when it did).
 * @typedef {object} Page
 * @property {() => Whose | null} whose
 * @property {(installation: Installation) => void} changed
 * @property {(error: Refusal) => boolean} handleRefusal
 */

const accountId = new URLSearchParams(location.search).get("account_id") ?? "";
let accountName = accountId;
/** @type {Installation | null} */
let shown = null;

takeConfirmation(accountId);

start((settings) => {
  /** @type {Page} */
  const page = {
    whose: () => {
      const signedIn = session();
      if (!signedIn) showSignedOut(settings, accountId, t("sign_in.expired"));
      return signedIn && { token: signedIn.token, accountId };
    },
    changed: showChanged,
    handleRefusal: ({ status, code }) => {
      if (status === 401) showSignedOut(settings, accountId, t("sign_in.expired"));
      else if (code === "not_installed") load(page);
      else if (status === 404) showNotFound();
      else return false;
      return true;
    },
  };
  prepareSettings(page);
  prepareDisconnecting(page, () => accountName);
  if (!session()) return showSignedOut(settings, accountId);
  return load(page);
});

/** @param {Page} page @returns {Promise<unknown>} */
async function load(page) {
  const whose = page.whose();
  if (!whose) return undefined;
  if (!accountId) return showNotFound();
  if (!(await confirmed(page, whose))) return undefined;
  try {
    const [name, found] = await Promise.all([nameAtStripe(whose), getInstallation(whose)]);
    accountName = name || found.payee_name || accountId;
    // Stripe's answer about the account has confirmed its mode, or says what is in the way.
    const outdated = !name || (found.livemode && !found.livemode_confirmed);
    return showInstallation(outdated ? await getInstallation(whose) : found);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return page.handleRefusal(error) || showUnavailable("unavailable", () => load(page));
  }
}

/**
 * Whether nothing waits for a confirmation any more.
 * @param {Page} page
 * @param {Whose} whose
 */
async function confirmed(page, whose) {
  const confirmation = pendingConfirmation(accountId);
  if (!confirmation) return true;
  showConfirming();
  try {
    await confirmInstallation({ ...whose, confirmation });
    forgetConfirmation();
    return true;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.status === 401) page.handleRefusal(error);
    else if (isPassing(error)) showUnavailable("undecided", () => load(page));
    else {
      forgetConfirmation();
      showRefused(error.code);
    }
    return false;
  }
}

/** Whether the same call may succeed later. @param {Refusal} error */
function isPassing({ status, code }) {
  return !status || status >= 500 || status === 429 || code === "request_in_progress";
}

/** @param {Installation} installation */
function showInstallation(installation) {
  if (!installation.livemode) showTestMode();
  const { uninstalled_at } = installation;
  if (uninstalled_at === null) return showInstalled(installation);
  reveal();
  return show("uninstalled", {
    heading: t("connected.uninstalled.heading", { name: accountName }),
    text: [t("connected.uninstalled.text", { time: formatTime(1000 * uninstalled_at) })],
    actions: [toConnect(t("connected.again")), toConnections()],
  });
}

/** @param {Installation} installation */
function showInstalled(installation) {
  const unsure = isUnsure(installation);
  show("installed", {
    heading: t("connected.installed.heading", { name: accountName }),
    text: [unsure ? t("connected.unconfirmed.text") : t("connected.installed.text")],
    actions: [{ ...toConnections(), quiet: true }],
    code: unsure ? "unconfirmed" : "",
  });
  reveal("facts", "settings", "ending");
  fill(installation);
}

/** Whether the page says that Stripe has not confirmed the mode yet. @param {Installation} installation */
function isUnsure({ livemode, livemode_confirmed }) {
  return livemode && !livemode_confirmed;
}

/**
 * What was saved is filled in where the visitor is, unless it makes another page of this one.
 * @param {Installation} installation
 */
function showChanged(installation) {
  const alike = installation.status === shown?.status && isUnsure(installation) === isUnsure(shown);
  if (alike) fill(installation);
  else showInstallation(installation);
}

/** @param {Installation} installation */
function fill(installation) {
  shown = installation;
  element("fact-account").textContent = installation.account_id;
  element("fact-mode").textContent = modeOf(installation);
  element("fact-since").textContent = formatTime(1000 * installation.installed_at);
  showAgreement(installation);
  showSettings(installation);
}
