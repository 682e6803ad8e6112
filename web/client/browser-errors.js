// @ts-check
/** Errors of the browser that no standard names for what was asked of it. */

/**
 * A code that says which error it was: `EncodingError` is `browser_encoding_error`.
 * @param {string} name
 */
export function codeOfUnlisted(name) {
  const words = name.replace(/[^A-Za-z]/g, "").replace(/(?<=[a-z])(?=[A-Z])/g, "_");
  return `browser_${words.toLowerCase() || "error"}`;
}
