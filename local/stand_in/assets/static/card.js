// The fields of a card, in a frame: what is typed here never reaches the site's page.

import { hear, isFramed, post, tell, unanswered } from "./framed.js";

const form = document.querySelector("#fields");
const FIELDS = ["number", "expiry", "cvc"];

function typed() {
  const given = Object.fromEntries(FIELDS.map((name) => [name, form.elements[name].value.trim()]));
  const [month = "", year = ""] = given.expiry.split("/").map((part) => part.trim());
  return { number: given.number.replaceAll(" ", ""), exp_month: month, exp_year: year, cvc: given.cvc };
}

function state() {
  const values = FIELDS.map((name) => form.elements[name].value.trim());
  return { complete: values.every((value) => value !== ""), empty: values.every((value) => value === "") };
}

function change() {
  tell({ type: "change", state: state() });
}

async function make({ number, make: what, account }) {
  let result;
  try {
    result = await post("card", { make: what, account: account ?? null, ...typed() });
  } catch {
    result = { error: unanswered() };
  }
  form.classList.toggle("wrong", result.error !== undefined);
  tell({ type: "made", number, result });
}

if (isFramed) {
  hear((message) => {
    if (message.type === "make") {
      make(message);
    } else if (message.type === "clear") {
      form.reset();
      change();
    }
  });
  form.addEventListener("input", change);
  form.addEventListener("submit", (event) => event.preventDefault());
  const tellHeight = () => tell({ type: "height", height: form.offsetHeight });
  new ResizeObserver(tellHeight).observe(form);
  tell({ type: "ready" });
  // A fast payer, or the browser that fills the form in, may have been here before this script.
  if (!state().empty) {
    change();
  }
}
