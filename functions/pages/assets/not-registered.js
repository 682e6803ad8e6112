// @ts-check
import { t } from "/assets/messages.js";
import { noticeOf, passingNotice } from "/assets/notices.js";

/**
 * Why a device was not set up, in the visitor's words.
 * @param {{ reason: string, code: string }} outcome
 */
export function notRegistered({ reason, code }) {
  if (code === "too_many_credentials") return t("not_registered.full");
  if (reason === "unavailable") return noticeOf(code);
  return passingNotice(code) ?? t(`not_registered.${reason}`, { code });
}
