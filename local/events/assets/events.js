"use strict";
// Asks once a second for what happened, and shows it by subject: causes, what was stored, effects.
// Elements are kept from one look to the next, so that focus and opened details stay.
const EVERY_MS = 1000;
const SAME_CASE_S = 30;
const TITLES = {stripe: "Stripe sent", stored: "Stored", left: "Left on the bus"};
const byId = (id) => document.getElementById(id);
const shown = new Map();
let paused = false;
let seen = "";

function element(tag, content = "", className = "") {
  const made = document.createElement(tag);
  made.append(content);
  if (className) made.className = className;
  return made;
}

// A long name may be broken after a dot or an underscore.
function name(text) {
  const made = element("code");
  for (const part of text.split(/(?<=[._])/)) made.append(part, element("wbr"));
  return made;
}

function clock(seconds) {
  return new Date(seconds * 1000).toLocaleTimeString();
}

function subjectAsked() {
  return decodeURIComponent(location.hash.slice(1));
}

// One form for all three: where, when, about whom, and how it is drawn.
function entries(found) {
  const stripe = (found.stripe ?? []).map((sent) => ({
    key: sent.id, lane: "stripe", at: sent.at ?? 0, subject: sent.subject, data: sent,
  }));
  const stored = found.stored.map((change) => ({
    key: change.key, lane: "stored", at: change.at, subject: change.subject, data: change,
  }));
  const left = found.left.map((event) => ({
    key: event.id, lane: "left", at: event.detail?.occurred_at ?? 0,
    subject: event.detail?.subject, data: event,
  }));
  return [...stripe, ...stored, ...left].filter((entry) => entry.subject);
}

// A case is what happened to one subject without a longer pause.
function cases(all) {
  const open = new Map();
  const made = [];
  for (const entry of [...all].sort((a, b) => a.at - b.at)) {
    let current = open.get(entry.subject);
    if (!current || entry.at - current.last > SAME_CASE_S) {
      current = {key: `case ${entry.key}`, subject: entry.subject, at: entry.at, entries: []};
      open.set(entry.subject, current);
      made.push(current);
    }
    current.last = entry.at;
    current.entries.push(entry);
  }
  return made.reverse();
}

function answerOf(sent) {
  if (sent.state === "held") return "held back";
  if (sent.state === "dropped") return "never sent";
  if (!sent.attempts) return "on its way";
  const answer = sent.last_status ? ["answered:", sent.last_status, sent.last_answer] : ["no answer"];
  const tries = sent.attempts > 1 ? [`after ${sent.attempts} tries`] : [];
  return [...answer, ...tries].filter(Boolean).join(" ");
}

const DRAW = {
  stripe(item, sent) {
    item.append(name(sent.type ?? "an event without a type"));
    const well = sent.state === "delivered" || sent.state === "pending" && !sent.attempts;
    const answer = element("small");
    answer.append(element("span", answerOf(sent), well ? "" : "trouble"));
    item.append(answer);
  },
  stored(item, change) {
    const revision = change.revision === null ? "" : `, revision ${change.revision}`;
    const state = change.state ? `: ${change.state}` : "";
    item.append(`${change.kind} ${change.done}${revision}${state}`);
    if (change.changed.length) item.append(element("small", change.changed.join(", ")));
  },
  left(item, event) {
    const summary = element("summary", name(event["detail-type"]));
    const again = event.detail.replayed ? ", told again" : "";
    summary.append(` revision ${event.detail.revision}${again}`);
    const whole = {source: event.source, "detail-type": event["detail-type"], detail: event.detail};
    const details = element("details", summary);
    details.append(element("pre", JSON.stringify(whole, null, 2)));
    item.append(details);
  },
};

function kept(key, tag, className, fill) {
  if (!shown.has(key)) {
    const made = element(tag, "", className);
    shown.set(key, made);
    fill?.(made);
  }
  return shown.get(key);
}

function entryElement(entry) {
  const item = kept(`${entry.lane} ${entry.key}`, "li", "");
  const text = JSON.stringify(entry.data);
  if (item.drawn !== text) {
    item.drawn = text;
    item.replaceChildren();
    DRAW[entry.lane](item, entry.data);
  }
  return item;
}

function caseElement(found) {
  const made = kept(found.key, "li", "case", (item) => {
    const heading = element("h2");
    const link = element("a", found.subject);
    link.href = `#${encodeURIComponent(found.subject)}`;
    const time = element("time", clock(found.at));
    time.dateTime = new Date(found.at * 1000).toISOString();
    heading.append(link, time);
    const lanes = element("div", "", "lanes");
    for (const [lane, title] of Object.entries(TITLES)) {
      const column = element("section", element("h3", title), `lane ${lane}`);
      column.append(element("ul"));
      lanes.append(column);
    }
    item.append(heading, lanes);
  });
  for (const lane of Object.keys(TITLES)) {
    const column = made.querySelector(`.lane.${lane}`);
    const items = found.entries.filter((entry) => entry.lane === lane).map(entryElement);
    column.classList.toggle("empty", !items.length);
    place(column.querySelector("ul"), items);
  }
  return made;
}

// Puts the elements into their order and leaves alone what is there already.
function place(parent, wanted) {
  let next = parent.firstElementChild;
  for (const each of wanted) {
    if (each === next) next = next.nextElementSibling;
    else parent.insertBefore(each, next);
  }
  while (next) {
    const gone = next;
    next = next.nextElementSibling;
    gone.remove();
  }
}

function forgetTheGone() {
  for (const [key, made] of shown) {
    if (!made.isConnected) shown.delete(key);
  }
}

function draw(found) {
  const all = cases(entries(found));
  place(byId("cases"), all.map(caseElement));
  forgetTheGone();
  byId("nothing").hidden = all.length > 0;
  byId("elsewhere").hidden = found.stripe !== null;
}

async function look() {
  const subject = subjectAsked();
  byId("all").hidden = !subject;
  const query = subject ? `?subject=${encodeURIComponent(subject)}` : "";
  try {
    const answer = await fetch(`/_local/events/timeline${query}`);
    if (!answer.ok) throw new Error(answer.status);
    const text = await answer.text();
    if (text !== seen && subject === subjectAsked()) {
      seen = text;
      draw(JSON.parse(text));
    }
    say(subject ? `Live, only ${subject}` : "Live");
  } catch {
    say("The run does not answer: is it stopped?");
  }
}

function say(text) {
  if (byId("state").textContent !== text) byId("state").textContent = text;
}

byId("pause").addEventListener("click", () => {
  paused = !paused;
  byId("pause").textContent = paused ? "Resume" : "Pause";
  if (paused) say("Paused");
});
addEventListener("hashchange", () => { seen = ""; look(); });

(async () => {
  for (;;) {
    if (!paused && !document.hidden) await look();
    await new Promise((done) => setTimeout(done, EVERY_MS));
  }
})();
