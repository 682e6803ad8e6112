// 3-D Secure in a frame: the payer passes it, fails or leaves.

import { hear, isFramed, post, tell, unanswered } from "./framed.js";

const form = document.querySelector("#choices");
const status = document.querySelector("#status");
let opened = null;

function say(text, isProblem = false) {
  status.textContent = text;
  status.hidden = text === "";
  status.classList.toggle("problem", isProblem);
}

function fail(error) {
  form.hidden = true;
  say(error.message, true);
  tell({ type: "failed", error });
}

async function asked(path, body) {
  try {
    const answer = await post(path, body);
    if (!answer.error || answer.result) return answer;
    fail(answer.error);
  } catch {
    fail(unanswered());
  }
  return null;
}

async function open(message) {
  opened = { client_secret: message.clientSecret, account: message.account ?? null };
  const shown = await asked("challenge/open", opened);
  if (!shown) return;
  for (const name of ["last4", "amount", "payee"]) {
    document.querySelector(`#${name}`).textContent = shown[name];
  }
  say("");
  form.hidden = false;
  document.querySelector("h1").focus();
}

async function submit(event) {
  event.preventDefault();
  const outcome = event.submitter?.value ?? "pass";
  if (outcome === "leave") {
    tell({ type: "close" });
    return;
  }
  for (const button of form.querySelectorAll("button")) button.disabled = true;
  const answer = await asked("challenge/submit", { ...opened, outcome });
  if (answer) tell({ type: "result", result: answer.result });
}

if (isFramed) {
  hear((message) => {
    if (message.type === "open" && opened === null) open(message);
  });
  window.addEventListener("keydown", (event) => {
    if (event.key === "Escape") tell({ type: "close" });
  });
  form.addEventListener("submit", submit);
  tell({ type: "ready" });
} else {
  say("This page is shown inside a site, by Stripe.js. Start from that site.", true);
}
