// A page of the stand-in's in a frame of a site's page. It talks to that page through Stripe.js by
// messages alone: the site's origin comes with the address, and nothing from any other origin is
// listened to.

const site = new URL(location.href).searchParams.get("origin") ?? "";

export const isFramed = window.parent !== window && isOrigin(site);

export function tell(message) {
  window.parent.postMessage(message, site);
}

export function hear(listener) {
  window.addEventListener("message", (event) => {
    if (event.source === window.parent && event.origin === site) {
      listener(event.data ?? {});
    }
  });
}

export async function post(path, body) {
  const response = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  return response.json();
}

export function unanswered() {
  const message = "The stand-in for Stripe does not answer.";
  return { type: "api_connection_error", code: null, message };
}

function isOrigin(text) {
  try {
    return new URL(text).origin === text && /^https?:/.test(text);
  } catch {
    return false;
  }
}
