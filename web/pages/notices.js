// @ts-check
/** Refusals that nothing on the page is wrong with, in the visitor's words. */

import { t } from "./messages.js";

const NOTICES = {
  session_cancelled: "session_cancelled",
  request_in_progress: "request_in_progress",
  network_error: "network_error",
  stripe_js_unavailable: "stripe_js_unavailable",
  modal_failed: "stripe_js_unavailable",
  install_links_misconfigured: "install_links_misconfigured",
  spc_misconfigured: "spc_misconfigured",
  permission_missing: "permission_missing",
  account_unreachable: "account_unreachable",
  open_payments: "open_payments",
  rate_limited: "rate_limited",
  too_many_requests: "rate_limited",
  service_unavailable: "unavailable",
  stripe_unavailable: "unavailable",
  storage_unavailable: "unavailable",
  secrets_unavailable: "unavailable",
};

/** What to say of such a refusal; nothing for any other. @param {string} code */
export function passingNotice(code) {
  const found = Object.hasOwn(NOTICES, code) && /** @type {any} */ (NOTICES)[code];
  return found ? t(`notice.${found}`) : undefined;
}

/** What to say of any refusal. @param {string} code */
export function noticeOf(code) {
  return passingNotice(code) ?? t("notice.other", { code });
}
