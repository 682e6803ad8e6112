// @ts-check
/**
 * Sign-in by OpenID Connect: the authorization code flow with PKCE (RFC 7636), its answer tied to
 * this window by `state` and to the issuer by `iss` (RFC 9207). The access token lives in this
 * window's session storage and nowhere else.
 */

const SESSION = "countersign.session";
const PENDING = "countersign.sign-in";
/** Seconds before its end at which a token counts as expired, for the time a request takes. */
const MARGIN_S = 30;
/** Seconds that a token is used whose issuer does not say how long it lasts. */
const UNSTATED_S = 300;

/** Why a visitor is not signed in; `returnTo` is the page they were on. */
export class SignInError extends Error {
  /** @param {"cancelled"|"stale"|"refused"|"unreachable"|"not_set_up"|"unsupported"} reason */
  constructor(reason, returnTo = "/") {
    super(reason);
    this.reason = reason;
    this.returnTo = returnTo;
  }
}

/** @typedef {{ token: string, expiresAt: number, name: string }} Session */
/**
 * @typedef {{ issuer: string, client_id: string, sign_in_parameters?: Record<string, string> }}
 *   Client
 */

/**
 * Who is signed in, as far as this window knows.
 * @returns {Session | null}
 */
export function session() {
  const stored = sessionStorage.getItem(SESSION);
  if (!stored) return null;
  /** @type {Session} */
  const found = JSON.parse(stored);
  if (found.expiresAt > Date.now()) return found;
  forget();
  return null;
}

/** Drop the token, as when the server no longer takes it. */
export function forget() {
  sessionStorage.removeItem(SESSION);
}

/**
 * Leave for the issuer's sign-in page, to come back to a page of this site.
 * @param {Client} client
 */
export async function signIn(client, returnTo = location.pathname + location.search) {
  // Browsers offer it on https and on localhost only.
  if (!globalThis.crypto?.subtle) throw new SignInError("unsupported");
  const metadata = await discover(client);
  const pending = { state: random(), verifier: random(), returnTo };
  sessionStorage.setItem(PENDING, JSON.stringify(pending));
  const url = new URL(metadata.authorization_endpoint);
  const parameters = {
    scope: "openid",
    ...client.sign_in_parameters,
    response_type: "code",
    client_id: client.client_id,
    redirect_uri: redirectUri(),
    state: pending.state,
    code_challenge: await challenge(pending.verifier),
    code_challenge_method: "S256",
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  location.assign(url);
}

/**
 * Take the issuer's answer from this page's address and keep the token it is good for.
 * @param {Client} client
 * @returns {Promise<string>} the path of the page to go back to, with its query
 */
export async function finishSignIn(client) {
  const answer = new URLSearchParams(location.search);
  // A code is good once, but has no business in the history either.
  history.replaceState(null, "", location.pathname);
  const pending = JSON.parse(sessionStorage.getItem(PENDING) ?? "{}");
  sessionStorage.removeItem(PENDING);
  const returnTo = ownPath(pending.returnTo);
  if (!pending.state || answer.get("state") !== pending.state)
    throw new SignInError("stale", returnTo);
  if (answer.get("error") === "access_denied") throw new SignInError("cancelled", returnTo);
  try {
    const metadata = await discover(client);
    checkIssuer(metadata, answer.get("iss"));
    await keepToken(metadata, client, answer.get("code"), pending.verifier);
  } catch (error) {
    if (error instanceof SignInError) error.returnTo = returnTo;
    throw error;
  }
  return returnTo;
}

/**
 * Sign out here, and at the issuer where it has a page for that.
 * @param {Client} client
 */
export async function signOut(client) {
  sessionStorage.clear();
  const home = new URL("/", location.href);
  const metadata = await discover(client).catch(() => null);
  if (!metadata?.end_session_endpoint) return location.assign(home);
  const url = new URL(metadata.end_session_endpoint);
  url.searchParams.set("client_id", client.client_id);
  url.searchParams.set("post_logout_redirect_uri", home.href);
  url.searchParams.set("logout_uri", home.href); // Cognito's name for it
  return location.assign(url);
}

/** The issuer's metadata (OpenID Connect Discovery 1.0, section 4). @param {Client} client */
async function discover(client) {
  if (!client.issuer || !client.client_id) throw new SignInError("not_set_up");
  const home = client.issuer.replace(/\/$/, "");
  const { status, body } = await request(`${home}/.well-known/openid-configuration`);
  // As a text: the issuer's tokens are compared so too (section 4.3).
  if (status !== 200 || body?.issuer !== client.issuer) throw new SignInError("unreachable");
  return body;
}

/** @param {any} metadata @param {string | null} issuer */
function checkIssuer(metadata, issuer) {
  const required = metadata.authorization_response_iss_parameter_supported === true;
  if (issuer === null ? required : issuer !== metadata.issuer) throw new SignInError("refused");
}

/**
 * @param {any} metadata
 * @param {Client} client
 * @param {string | null} code
 * @param {string} verifier
 */
async function keepToken(metadata, client, code, verifier) {
  if (!code) throw new SignInError("refused");
  const body = new URLSearchParams({
    grant_type: "authorization_code",
    client_id: client.client_id,
    code,
    code_verifier: verifier,
    redirect_uri: redirectUri(),
  });
  const answer = await request(metadata.token_endpoint, { method: "POST", body });
  if (answer.status >= 500) throw new SignInError("unreachable");
  const token = answer.body?.access_token;
  if (answer.status !== 200 || typeof token !== "string") throw new SignInError("refused");
  const lifetime = (answer.body.expires_in ?? UNSTATED_S) - MARGIN_S;
  const kept = {
    token,
    expiresAt: Date.now() + 1000 * lifetime,
    name: nameIn(answer.body.id_token),
  };
  sessionStorage.setItem(SESSION, JSON.stringify(kept));
}

/** @param {string} url @param {RequestInit} [options] */
async function request(url, options) {
  try {
    const response = await fetch(url, {
      credentials: "omit",
      referrerPolicy: "no-referrer",
      ...options,
    });
    return { status: response.status, body: await response.json().catch(() => null) };
  } catch {
    throw new SignInError("unreachable");
  }
}

/**
 * What to call the visitor, from the ID token. It came from the issuer over TLS, so it needs no
 * signature check (OpenID Connect Core 1.0, section 3.1.3.7), and it is only shown.
 * @param {unknown} idToken
 */
function nameIn(idToken) {
  if (typeof idToken !== "string") return "";
  try {
    const text = atob(idToken.split(".")[1].replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
    const claims = JSON.parse(new TextDecoder().decode(bytes));
    return String(claims.name ?? claims.preferred_username ?? claims.email ?? "");
  } catch {
    return "";
  }
}

/** A path of this site, with its query; the start page for anything else. @param {unknown} path */
function ownPath(path) {
  if (typeof path !== "string") return "/";
  const url = new URL(path, location.origin);
  const own = url.origin === location.origin && !url.pathname.startsWith("//");
  return own ? url.pathname + url.search : "/";
}

function redirectUri() {
  return new URL("/signed-in", location.href).href;
}

function random() {
  return base64url(crypto.getRandomValues(new Uint8Array(32)));
}

/** @param {string} verifier */
async function challenge(verifier) {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
  return base64url(new Uint8Array(digest));
}

/** @param {Uint8Array} bytes */
function base64url(bytes) {
  const text = btoa(String.fromCharCode(...bytes));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
