// @ts-check
/** The form with what the holder of an account sets. */

import { Refusal, updateInstallation } from "../client.js";
import { t } from "./messages.js";
import { noticeOf } from "./notices.js";
import { element, once } from "./page.js";

/** @typedef {import("./connected.js").Page} Page */
/** @typedef {import("/client.js").Installation} Installation */

const TEXTS = /** @type {const} */ (["payee_name", "payee_origin"]);
const LISTS = /** @type {const} */ (["checkout_origins", "clients"]);
const FIELDS = [...TEXTS, ...LISTS];
const WELL_KNOWN = "/.well-known/countersign.json";

/** @param {Page} page */
export function prepareSettings(page) {
  element("settings-form").onsubmit = (event) => {
    event.preventDefault();
    once(element("save"), () => save(page));
  };
}

/** Fill the form with what is stored. @param {Installation} installation */
export function showSettings(installation) {
  for (const name of TEXTS) field(name).value = installation[name] ?? "";
  for (const name of LISTS) field(name).value = installation[name].join("\n");
  showFaults([]);
  showProof(installation);
}

/** @param {Page} page */
async function save(page) {
  const whose = page.whose();
  if (!whose) return;
  showFaults([]);
  say(t("settings.saving"));
  try {
    page.changed(await updateInstallation({ ...whose, changes: entered() }));
    say(t("settings.saved"));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    say("");
    if (page.handleRefusal(error)) return;
    showFaults(error.errors, error.code);
    say(error.status === 422 ? t("settings.faulty") : noticeOf(error.code));
  }
}

/** What the fields hold; an empty one removes what is stored. */
function entered() {
  const texts = TEXTS.map((name) => [name, field(name).value.trim() || null]);
  const lists = LISTS.map((name) => [name, lines(name)]);
  return Object.fromEntries([...texts, ...lists]);
}

/** @param {string} name */
function lines(name) {
  const all = field(name).value.split("\n");
  return all.map((line) => line.trim()).filter((line) => line !== "");
}

/**
 * Say at each field what is wrong with it, and go to the first.
 * @param {{ pointer: string }[]} errors
 * @param {string} [code] of the refusal
 */
function showFaults(errors, code) {
  const faulty = FIELDS.filter((name) => {
    const own = errors.filter(({ pointer }) => pointer.split("/")[1] === name);
    showFault(name, own, code);
    return own.length > 0;
  });
  if (faulty.length > 0) field(faulty[0]).focus();
}

/** @param {string} name @param {{ pointer: string }[]} errors @param {string} [code] */
function showFault(name, errors, code) {
  const fault = element(`${name}-fault`);
  const texts = errors.map(({ pointer }) =>
    code === "payee_name_unknown"
      ? t("settings_fault.payee_name.unknown")
      : faultText(name, pointer.split("/")[2]),
  );
  fault.replaceChildren(...texts.map(paragraph));
  fault.hidden = texts.length === 0;
  const described = fault.hidden ? `${name}-hint` : `${name}-hint ${fault.id}`;
  field(name).setAttribute("aria-describedby", described);
  field(name).setAttribute("aria-invalid", String(!fault.hidden));
}

/** @param {string} name @param {string} [index] of an entry of a list */
function faultText(name, index) {
  if (index === undefined) return t(`settings_fault.${name}`);
  const message = t(`settings_fault.${name}.entry`);
  return t("settings_fault.entry", { value: lines(name)[Number(index)] ?? "", message });
}

/**
 * Whether the payee's address is proven, and if not how to prove it.
 * @param {Installation} installation
 */
function showProof({ account_id, payee_origin, payee_verified, livemode }) {
  const url = `${payee_origin}${WELL_KNOWN}`;
  element("proof").hidden = payee_origin === null;
  element("proof").dataset.proven = String(payee_verified);
  element("proof-state").textContent = payee_verified
    ? t("settings.proof.verified", { url })
    : t("settings.proof.missing", { url });
  element("proof-file").textContent = JSON.stringify({ accounts: [account_id] });
  element("proof-file").hidden = payee_verified;
  element("proof-optional").hidden = payee_verified || livemode;
}

/** @param {string} name */
function field(name) {
  return /** @type {HTMLInputElement | HTMLTextAreaElement} */ (element(name));
}

/** @param {string} text */
function say(text) {
  element("settings-notice").textContent = text;
}

/** @param {string} text */
function paragraph(text) {
  const node = document.createElement("p");
  node.textContent = text;
  return node;
}
