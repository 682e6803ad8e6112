// @ts-check
/** Where the issuer sends the visitor back to. */

import { hasMessage, t } from "./messages.js";
import { show, signInAction, start } from "./page.js";
import { SignInError, finishSignIn, session } from "./sign-in.js";

start(async (settings) => {
  // Reloaded, or come back to: the answer was used already.
  if (!location.search && session()) return location.replace("/");
  try {
    location.replace(await finishSignIn(settings));
  } catch (error) {
    if (!(error instanceof SignInError)) throw error;
    showFailure(settings, error);
  }
});

/** @param {import("./page.js").Settings} settings @param {SignInError} error */
function showFailure(settings, { reason, returnTo }) {
  const kind = hasMessage(`signed_in.${reason}.heading`) ? reason : "refused";
  const text = kind === reason ? `signed_in.${reason}.text` : `sign_in.${reason}`;
  show(reason, {
    heading: t(`signed_in.${kind}.heading`),
    text: [t(text)],
    actions: [
      signInAction(settings, returnTo),
      { id: "go-home", label: t("signed_in.home"), href: "/" },
    ],
  });
}
