// The page inside the modal. It talks to the site's page through Stripe.js by messages alone: the
// site's origin comes with the address, and nothing from any other origin is listened to.

const site = new URL(location.href).searchParams.get("origin") ?? "";
const form = document.querySelector("#choices");
const status = document.querySelector("#status");
let visit = null;

function tell(message) {
  window.parent.postMessage(message, site);
}

async function post(path, body) {
  const response = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  return response.json();
}

function say(text, isProblem) {
  status.textContent = text;
  status.hidden = text === "";
  status.classList.toggle("problem", isProblem);
}

function fail(error) {
  form.hidden = true;
  say(error.message, true);
  tell({ type: "failed", error });
}

function failToConnect() {
  fail({ type: "api_connection_error", code: null, message: "The stand-in for Stripe does not answer." });
}

async function open(clientSecret) {
  try {
    const answer = await post("modal/open", { client_secret: clientSecret });
    if (answer.error) {
      fail(answer.error);
      return;
    }
    visit = answer.visit;
  } catch {
    failToConnect();
    return;
  }
  say("", false);
  form.hidden = false;
  document.querySelector("h1").focus();
}

async function submit(event) {
  event.preventDefault();
  const button = form.querySelector("button");
  button.disabled = true;
  const chosen = new FormData(form);
  try {
    const answer = await post("modal/submit", {
      visit,
      outcome: chosen.get("outcome"),
      failure: chosen.get("failure"),
    });
    if (answer.error) {
      fail(answer.error);
    } else {
      tell({ type: "result", result: answer.result });
    }
  } catch {
    failToConnect();
  } finally {
    button.disabled = false;
  }
}

function isOrigin(text) {
  try {
    return new URL(text).origin === text && /^https?:/.test(text);
  } catch {
    return false;
  }
}

if (window.parent === window || !isOrigin(site)) {
  say("This page is shown inside a site, by Stripe.js. Start from that site.", true);
} else {
  window.addEventListener("message", (event) => {
    const wanted = event.source === window.parent && event.origin === site;
    if (wanted && event.data?.type === "open" && visit === null) {
      open(event.data.clientSecret);
    }
  });
  window.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      tell({ type: "close" });
    }
  });
  form.addEventListener("submit", submit);
  tell({ type: "ready" });
}
