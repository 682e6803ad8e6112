// @ts-check
/** The words of the page, in the language that the server chose for it. */

export const language = document.documentElement.lang;

/** @type {Record<string, string>} */
let words = {};

/** Load them once, before the first `t`. */
export async function loadMessages() {
  const response = await fetch(`/assets/messages.${language}.json`);
  if (!response.ok) throw new Error(`messages: ${response.status}`);
  words = await response.json();
}

/** @param {string} key */
export function hasMessage(key) {
  return Object.hasOwn(words, key);
}

/**
 * A message with its `{names}` replaced.
 * @param {string} key
 * @param {Record<string, string>} [values]
 */
export function t(key, values = {}) {
  return words[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

/**
 * A moment as the visitor writes it: the browser's own variant of the page's language.
 * @param {number} time milliseconds since 1970
 */
export function formatTime(time) {
  const own = navigator.languages.find((tag) => tag.split("-")[0] === language);
  return new Intl.DateTimeFormat(own ?? language, { dateStyle: "long", timeStyle: "short" }).format(
    time,
  );
}
