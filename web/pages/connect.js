// @ts-check
import { Refusal, createInstallLink } from "../client.js";
import { showConnections } from "./connections.js";
import { t } from "./messages.js";
import { noticeOf } from "./notices.js";
import { forgetSignIn, leave, notify, show, signInAction, start } from "./page.js";
import { session } from "./sign-in.js";

/** @typedef {import("./page.js").Settings} Settings */

start((settings) => {
  const signedIn = session();
  if (!signedIn) return showSignedOut(settings);
  showReady(settings, signedIn);
  return showConnections(signedIn.token, () => tokenRefused(settings));
});

/** @param {Settings} settings @param {import("./sign-in.js").Session} signedIn */
function showReady(settings, { name }) {
  const who = name ? t("home.signed_in_as", { name }) : t("home.signed_in");
  const connect = { id: "connect", label: t("connect.button"), run: () => connectAccount(settings) };
  show("ready", {
    heading: t("connect.heading"),
    text: [t("connect.lead"), who],
    actions: [connect],
  });
}

/** @param {Settings} settings */
async function connectAccount(settings) {
  const signedIn = session();
  if (!signedIn) return tokenRefused(settings);
  notify(t("connect.opening"));
  try {
    const { url } = await createInstallLink({ token: signedIn.token });
    return await leave(url);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.status === 401) return tokenRefused(settings);
    return notify(noticeOf(error.code));
  }
}

/** @param {Settings} settings */
function tokenRefused(settings) {
  document.getElementById("connections")?.setAttribute("hidden", "");
  showSignedOut(settings, t("sign_in.expired"));
}

/** @param {Settings} settings @param {string} [notice] */
function showSignedOut(settings, notice) {
  forgetSignIn(settings);
  show("signed_out", {
    heading: t("connect.heading"),
    text: [t("connect.lead"), t("connect.sign_in")],
    actions: [signInAction(settings)],
    notice,
  });
}
