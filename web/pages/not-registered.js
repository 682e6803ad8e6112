// @ts-check
import { t } from "./messages.js";
import { noticeOf, passingNotice } from "./notices.js";

/** Reasons why the browser would never offer the device for a payment. */
const BROWSER = [
  "no-payment-request",
  "unavailable-feature-not-enabled",
  "unavailable-unknown-reason",
];

/**
 * Why a device was not set up, in the visitor's words.
 * @param {{ reason: string, code: string }} outcome
 */
export function notRegistered({ reason, code }) {
  if (code === "too_many_credentials") return t("not_registered.full");
  if (BROWSER.includes(code)) return t("not_registered.browser");
  if (reason === "unavailable") return noticeOf(code);
  return passingNotice(code) ?? t(`not_registered.${reason}`, { code });
}
