// @ts-check
/** What the shop's two pages share: the words, and the calls of the shop's own server. */

/** @type {Record<string, string>} */
const words = JSON.parse(element("words").textContent ?? "{}");

/** @param {string} id @returns {HTMLElement} */
export function element(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`no #${id}`);
  return found;
}

/** @param {string} key */
export function hasText(key) {
  return Object.hasOwn(words, key);
}

/** @param {string} key @param {Record<string, string>} [values] */
export function text(key, values = {}) {
  return words[key].replace(/\{(\w+)\}/g, (_, name) => values[name] ?? document.body.dataset[name]);
}

/** @param {string} said */
export function notify(said) {
  element("notice").textContent = said;
}

/** A call that the shop's server did not grant. */
export class Failure extends Error {
  /** @param {string} code */
  constructor(code) {
    super(code);
    this.code = code;
  }
}

/**
 * Call the shop's server, and return its answer as it is.
 * @param {string} method
 * @param {string} path
 * @param {object} [body]
 * @param {string} [key] the idempotency key: a call that is repeated has the same
 */
export function send(method, path, body = {}, key = "") {
  const headers = {
    accept: "application/json",
    "content-type": "application/json",
    ...(key && { "idempotency-key": key }),
  };
  const content = method === "GET" ? undefined : JSON.stringify(body);
  return fetch(path, { method, headers, body: content });
}

/**
 * @param {string} method
 * @param {string} path
 * @param {object} [body]
 */
export async function call(method, path, body = {}) {
  let answer;
  try {
    answer = await send(method, path, body);
  } catch {
    throw new Failure("network_error");
  }
  const told = await answer.json().catch(() => null);
  if (answer.ok && told) return told;
  throw new Failure(told?.code ?? "unexpected_answer");
}

/**
 * Let a button do one thing at a time.
 * @param {HTMLElement} button
 * @param {() => Promise<unknown>} run
 */
export function onPress(button, run) {
  let busy = false;
  button.onclick = async () => {
    if (busy || button.getAttribute("aria-disabled") === "true") return;
    busy = true;
    button.toggleAttribute("data-busy", true);
    try {
      await run();
    } finally {
      busy = false;
      button.toggleAttribute("data-busy", false);
    }
  };
}

/** @param {string} said @param {string} [kind] */
export function paragraph(said, kind = "") {
  const node = document.createElement("p");
  node.textContent = said;
  node.className = kind;
  return node;
}

/** A list of names and values. @param {[string, string][]} entries */
export function entries(entries) {
  return entries.flatMap(([name, value]) => {
    const term = document.createElement("dt");
    const detail = document.createElement("dd");
    term.textContent = name;
    detail.textContent = value;
    return [term, detail];
  });
}
