// @ts-check
/** The calls of a deployment's API, and how they are refused. */

import { decode } from "./base64url.js";

/** The deployment that this module came from. */
export const HOME = new URL("/", import.meta.url).href;

/** For asking whether the deployment answers at all. */
const PROBE_MS = 5_000;
/** Longer than API Gateway lets a request run (30 s), so that its answer comes first. */
const TIMEOUT_MS = 35_000;

/** A call that was not granted; `code` is stable, `message` is for developers. */
export class Refusal extends Error {
  /**
   * @param {string} code
   * @param {string} message
   * @param {import("/client.js").RefusalDetails} [answer] what the server said, if it did
   * @param {unknown} [cause] the error behind it
   */
  constructor(code, message, { status, retryAfter, errors = [] } = {}, cause = undefined) {
    super(message, { cause });
    this.name = "Refusal";
    this.code = code;
    this.status = status;
    this.retryAfter = retryAfter;
    this.errors = errors;
  }
}

/** An address that a browser may be sent to: https, or this machine. @param {string} url */
export function webAddress(url) {
  const target = new URL(url);
  const local = target.hostname === "localhost" || target.hostname.endsWith(".localhost");
  if (target.protocol !== "https:" && !(target.protocol === "http:" && local)) {
    throw new Refusal("unexpected_answer", "The server's answer holds no web address.");
  }
  return target.href;
}

/**
 * @param {string} base
 * @param {string} path
 * @param {import("/client.js").Token} token
 * @param {{ method?: string, body?: object, credentials?: RequestCredentials }} [request]
 */
export async function call(base, path, token, { method, body, credentials = "omit" } = {}) {
  const bearer = await bearerOf(token);
  if (hasEnded(bearer)) throw invalidToken();
  /** @type {Record<string, string>} */
  const headers = { accept: "application/json", authorization: `Bearer ${bearer}` };
  if (body) headers["content-type"] = "application/json";
  try {
    return await send(base, path, {
      method: method ?? (body ? "POST" : "GET"),
      headers,
      credentials,
      cache: "no-store",
      body: body && JSON.stringify(body),
    });
  } catch (error) {
    if (isUnreadable(base, error) && (await answers(base))) throw invalidToken();
    throw error;
  }
}

/**
 * Whether a call may have failed because its answer cannot be read: what API Gateway itself refuses
 * has no CORS headers, and looks like a dead network to a page of another origin. Browsers report
 * both as a TypeError.
 * @param {string} base
 * @param {unknown} error
 */
function isUnreadable(base, error) {
  const elsewhere = new URL(base).origin !== globalThis.location?.origin;
  return elsewhere && error instanceof Refusal && error.cause instanceof TypeError;
}

/**
 * Whether a token says that it has ended (`exp`, RFC 7519). One that cannot be read, as an opaque
 * one, is left to the server.
 * @param {string} bearer
 */
function hasEnded(bearer) {
  try {
    const text = new TextDecoder().decode(decode(bearer.split(".")[1]));
    return JSON.parse(text).exp <= Date.now() / 1000;
  } catch {
    return false;
  }
}

function invalidToken() {
  return new Refusal("invalid_token", "The token has ended, or the server does not take it.", {
    status: 401,
  });
}

/** Whether the deployment can be reached and read. @param {string} base */
async function answers(base) {
  try {
    const signal = AbortSignal.timeout(PROBE_MS);
    const url = new URL("settings.json", base.endsWith("/") ? base : `${base}/`);
    const request = { credentials: "omit", referrerPolicy: "no-referrer", cache: "no-store", signal };
    return (await fetch(url, /** @type {RequestInit} */ (request))).ok;
  } catch {
    return false;
  }
}

/** The token itself. @param {import("/client.js").Token} token @returns {Promise<string>} */
export async function bearerOf(token) {
  try {
    return typeof token === "function" ? await token() : token;
  } catch {
    throw new Refusal("token_unavailable", "The page's own function gave no token.");
  }
}

/**
 * A call that takes no token: what is sent speaks for itself.
 * @param {string} base
 * @param {string} path
 * @param {object} body
 * @param {number} [timeout] milliseconds
 */
export async function post(base, path, body, timeout = TIMEOUT_MS) {
  return send(base, path, {
    method: "POST",
    headers: { accept: "application/json", "content-type": "application/json" },
    cache: "no-store",
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(timeout),
  });
}

/**
 * @param {string} base
 * @param {string} path
 * @param {RequestInit} request
 * @returns {Promise<any>}
 */
export async function send(base, path, request) {
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
  } catch (error) {
    const message = "The request did not reach the server, or its answer was lost.";
    throw new Refusal("network_error", message, {}, error);
  }
  if (response.status === 204) return null;
  const body = await response.json().catch(() => null);
  if (response.ok && body) return body;
  throw refusalOf(response.status, body, response.headers.get("retry-after"));
}

/** What API Gateway refuses before our code runs has no `code`. */
const GATEWAY_CODES = { 401: "invalid_token", 403: "missing_scope", 429: "rate_limited" };

/**
 * @param {number} status
 * @param {any} problem RFC 9457, or what a gateway says
 * @param {string | null} [retryAfter] the header
 */
export function refusalOf(status, problem, retryAfter = null) {
  const unnamed = status >= 500 ? "service_unavailable" : "unexpected_answer";
  const code =
    problem?.code ?? /** @type {Record<number, string>} */ (GATEWAY_CODES)[status] ?? unnamed;
  const seconds = Number.parseInt(retryAfter ?? "", 10);
  const message = problem?.detail ?? `The server answered ${status}.`;
  const errors = Array.isArray(problem?.errors) ? problem.errors : [];
  return new Refusal(code, message, { status, retryAfter: seconds || undefined, errors });
}

/** @param {number} milliseconds */
export function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
