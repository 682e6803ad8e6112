// @ts-check
import { t } from "./messages.js";
import { element, once, signInAction, start } from "./page.js";
import { session } from "./sign-in.js";

/** The shop that is beside the deployment where all of it runs on one machine, and nowhere else. */
const shop = /** @type {HTMLAnchorElement} */ (element("go-shop"));
shop.hidden = location.hostname !== "localhost";
if (!shop.hidden) shop.href = `//merchant.${location.host}/`;

start((settings) => {
  const signedIn = session();
  const button = element("sign-in");
  button.hidden = signedIn !== null;
  button.onclick = () => once(button, () => signInAction(settings).run?.());
  element("signed-in-state").textContent = stateOf(signedIn);
});

/** @param {import("./sign-in.js").Session | null} signedIn */
function stateOf(signedIn) {
  if (!signedIn) return t("home.signed_out");
  const { name } = signedIn;
  return name ? t("home.signed_in_as", { name }) : t("home.signed_in");
}
