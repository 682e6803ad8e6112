// The page inside the modal.

import { hear, isFramed, post, tell, unanswered } from "./framed.js";

const form = document.querySelector("#choices");
const status = document.querySelector("#status");
let visit = null;

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
  fail(unanswered());
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

if (isFramed) {
  hear((message) => {
    if (message.type === "open" && visit === null) {
      open(message.clientSecret);
    }
  });
  window.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      tell({ type: "close" });
    }
  });
  form.addEventListener("submit", submit);
  tell({ type: "ready" });
} else {
  say("This page is shown inside a site, by Stripe.js. Start from that site.", true);
}
