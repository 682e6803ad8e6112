// @ts-check
/**
 * Countersign in the browser, for any site that a deployment lists in its allowed origins.
 *
 *   import { verifyIdentity } from "https://countersign.example.com/client.js";
 *   const outcome = await verifyIdentity({ token: accessToken });
 *
 * The types are in client.d.ts beside this file. Nothing here logs or stores a secret.
 */

const HOME = new URL(".", import.meta.url).href;

/** Longer than API Gateway lets a request run (30 s), so that its answer comes first. */
const TIMEOUT_MS = 35_000;
/** How often, and after how many seconds, a request that finds another one running is repeated. */
const AGAIN = { times: 4, seconds: 2 };

/** A call that was not granted; `code` is stable, `message` is for developers. */
export class Refusal extends Error {
  /**
   * @param {string} code
   * @param {string} message
   * @param {{ status?: number, retryAfter?: number }} [answer] what the server said, if it did
   */
  constructor(code, message, { status, retryAfter } = {}) {
    super(message);
    this.name = "Refusal";
    this.code = code;
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

/**
 * Verify the identity of the person whom the token speaks for.
 * @type {typeof import("./client.js").verifyIdentity}
 */
export async function verifyIdentity({
  base = HOME,
  token,
  flow = "modal",
  returnUrl,
  email,
  phone,
}) {
  if (flow !== "modal" && flow !== "redirect") throw new TypeError('flow is "modal" or "redirect"');
  const details = { flow, return_url: returnUrl, email, phone };
  const create = () => createSession(base, token, details);
  try {
    return flow === "modal" ? await inModal(base, create) : await onStripesPage(create);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { code, message, retryAfter } = error;
    return { status: "refused", by: "countersign", code, message, retryAfter };
  }
}

/**
 * How the caller's latest verification stands.
 * @type {typeof import("./client.js").currentVerification}
 */
export function currentVerification({ base = HOME, token }) {
  return call(base, "verification-sessions/current", token);
}

/** @type {Map<string, Promise<import("./client.js").PublicSettings>>} */
const known = new Map();

/**
 * What a deployment tells everybody; asked for once.
 * @type {typeof import("./client.js").publicSettings}
 */
export function publicSettings({ base = HOME } = {}) {
  const settings = known.get(base) ?? send(base, "settings.json", {});
  known.set(base, settings);
  settings.catch(() => known.delete(base));
  return settings;
}

/**
 * @param {string} base
 * @param {() => Promise<{ client_secret: string }>} create
 * @returns {Promise<import("./client.js").VerificationOutcome>}
 */
async function inModal(base, create) {
  const settings = await publicSettings({ base });
  const key = settings.stripe_publishable_key;
  if (!key)
    throw new Refusal("modal_unavailable", "There is no publishable key; use the redirect flow.");
  const [Stripe, session] = await Promise.all([loadStripe(settings.stripe_js_url), create()]);
  const { error } = await Stripe(key)
    .verifyIdentity(session.client_secret)
    .catch(() => {
      // Stripe.js may quote its argument, which is a secret.
      throw new Refusal("modal_failed", "Stripe.js could not open the modal.");
    });
  if (!error) return { status: "submitted" };
  const { code = "unknown", message = "" } = error;
  return { status: "refused", by: "stripe", code, message };
}

/**
 * @param {() => Promise<{ url: string }>} create
 * @returns {Promise<import("./client.js").VerificationOutcome>}
 */
async function onStripesPage(create) {
  const target = new URL((await create()).url);
  const local = target.hostname === "localhost" || target.hostname.endsWith(".localhost");
  if (target.protocol !== "https:" && !(target.protocol === "http:" && local)) {
    throw new Refusal("unexpected_answer", "The session's address is not a web address.");
  }
  location.assign(target);
  return { status: "redirecting" };
}

/**
 * @param {string} base
 * @param {import("./client.js").Token} token
 * @param {object} details
 */
async function createSession(base, token, details) {
  for (let turn = 1; ; turn += 1) {
    try {
      return await call(base, "create-verification-session", token, details);
    } catch (error) {
      const busy = error instanceof Refusal && error.code === "request_in_progress";
      if (!busy || turn > AGAIN.times) throw error;
      await pause(1000 * (error.retryAfter ?? AGAIN.seconds));
    }
  }
}

/**
 * @param {string} base
 * @param {string} path
 * @param {import("./client.js").Token} token
 * @param {object} [body] makes it a POST
 */
async function call(base, path, token, body) {
  const bearer = typeof token === "function" ? await token() : token;
  /** @type {Record<string, string>} */
  const headers = { accept: "application/json", authorization: `Bearer ${bearer}` };
  if (!body) return send(base, path, { headers, cache: "no-store" });
  headers["content-type"] = "application/json";
  return send(base, path, {
    method: "POST",
    headers,
    cache: "no-store",
    body: JSON.stringify(body),
  });
}

/**
 * @param {string} base
 * @param {string} path
 * @param {RequestInit} request
 * @returns {Promise<any>}
 */
async function send(base, path, request) {
  const url = new URL(path, base.endsWith("/") ? base : `${base}/`);
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  let response;
  try {
    response = await fetch(url, {
      credentials: "omit",
      referrerPolicy: "no-referrer",
      signal,
      ...request,
    });
  } catch {
    throw new Refusal(
      "network_error",
      "The request did not reach the server, or its answer was lost.",
    );
  }
  const body = await response.json().catch(() => null);
  if (response.ok && body) return body;
  throw refusalOf(response, body);
}

/** What API Gateway refuses before our code runs has no `code`. */
const GATEWAY_CODES = { 401: "invalid_token", 403: "missing_scope", 429: "rate_limited" };

/**
 * @param {Response} response
 * @param {any} problem RFC 9457, or what a gateway says
 */
function refusalOf(response, problem) {
  const { status } = response;
  const unnamed = status >= 500 ? "service_unavailable" : "unexpected_answer";
  const code =
    problem?.code ?? /** @type {Record<number, string>} */ (GATEWAY_CODES)[status] ?? unnamed;
  const seconds = Number.parseInt(response.headers.get("retry-after") ?? "", 10);
  const message = problem?.detail ?? `The server answered ${status}.`;
  return new Refusal(code, message, { status, retryAfter: seconds || undefined });
}

/** @type {Map<string, Promise<any>>} */
const scripts = new Map();

/**
 * Stripe.js, which must come from Stripe; the page's own copy when it has one.
 * @param {string} url
 */
function loadStripe(url) {
  const page = /** @type {any} */ (globalThis);
  if (page.Stripe) return Promise.resolve(page.Stripe);
  const loading = scripts.get(url) ?? addScript(url).then(() => page.Stripe);
  scripts.set(url, loading);
  loading.catch(() => scripts.delete(url));
  return loading;
}

/** @param {string} url @returns {Promise<void>} */
function addScript(url) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = url;
    script.onload = () => resolve();
    script.onerror = () => {
      script.remove();
      reject(new Refusal("stripe_js_unavailable", "Stripe.js could not be loaded."));
    };
    document.head.append(script);
  });
}

/** @param {number} milliseconds */
function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
