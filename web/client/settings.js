// @ts-check
/** What a deployment publishes of its settings. */

import { HOME, send } from "./calls.js";

/** @type {Map<string, Promise<import("/client.js").PublicSettings>>} */
const known = new Map();

/**
 * What a deployment publishes of its settings; asked for once.
 * @type {typeof import("/client.js").publicSettings}
 */
export function publicSettings({ base = HOME } = {}) {
  // As our own pages preload it: a browser uses a preload for a request of the same credentials only.
  const request = { credentials: /** @type {RequestCredentials} */ ("same-origin") };
  const settings = known.get(base) ?? send(base, "settings.json", request);
  known.set(base, settings);
  settings.catch(() => known.delete(base));
  return settings;
}
