// A batch of pictures: one question at a time, by keyboard, touch or mouse.
import { alone } from "./alone.js";
import { Pictures } from "./picture.js";
import { Waiting } from "./waiting.js";

const root = document.getElementById("batch");
const set = JSON.parse(root.dataset.batch);
const say = set.texts;
const find = (id) => document.getElementById(id);
const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const cards = set.cards;
const altOf = (at) => filled(say.alt, { n: at + 1, of: cards.length });
const pictures = new Pictures(find("picture"), cards, altOf);
const waiting = new Waiting(set.who, set.form_token, told);
const dialogs = Object.fromEntries(
  ["help", "pause", "warn", "rest"].map((name) => [name, find(`${name}-dialog`)]),
);
const warned = new Set(JSON.parse(sessionStorage.getItem("affekt.warned") || "[]"));
let at = 0;
let isOpen = false; // whether an answer may be given
let isReadOnly = false;
let isCovered = false;
let isAboutSaving = false; // what the note says
let answered = 0; // on this page, for the break
let deadline = performance.now() + set.seconds_left * 1000;

const isDone = (card) => card.said !== null || card.is_passed;
const nextOpen = (from) => {
  for (let one = from; one < cards.length; one += 1) if (!isDone(cards[one])) return one;
  return cards.findIndex((card) => !isDone(card));
};

function announce(text) {
  find("announce").textContent = text;
}

function note(text, isUrgent = false) {
  const place = find("note");
  place.textContent = text;
  place.classList.toggle("urgent", isUrgent);
  isAboutSaving = false;
}

// What is said of saving goes when all is saved; a hint on how to answer stays until one is given.
function noteSaving(text, isUrgent = false) {
  note(text, isUrgent);
  isAboutSaving = true;
}

function told(news) {
  const count = waiting.count;
  const texts = { offline: say.offline, "signed out": say.signed_out, refused: say.refused };
  find("waiting").textContent = count ? filled(say.not_saved, { n: count }) : say.saved;
  root.classList.toggle("is-waiting", count > 0);
  if (news.said && news.said.seconds_left) deadline = performance.now() + news.said.seconds_left * 1000;
  if (texts[news.state]) noteSaving(news.state === "refused" ? news.said.text || say.refused : texts[news.state], true);
  else if (news.state === "late") noteSaving(say.late);
  else if (count === 0 && isAboutSaving) note("");
  if (count === 0) find("stop-form").dispatchEvent(new Event("saved"));
  if (count === 0) find("submit-form").dispatchEvent(new Event("saved"));
}

function progress() {
  const done = cards.filter(isDone).length;
  find("done").value = done;
  find("done-text").textContent = filled(say.progress, { n: done, of: cards.length });
}

async function go(to) {
  isOpen = false;
  if (!isAboutSaving) note("");
  if (to === -1) return finish();
  at = to;
  const card = cards[at];
  root.classList.remove("is-finished", "is-broken");
  find("question").textContent = card.question;
  find("before").textContent = card.said === null ? "" : filled(say.before, { answer: word(card.said) });
  showTicks(card);
  progress();
  if (card.warn && !warned.has(card.emotion)) await warn(card);
  cover(card);
  announce([`${altOf(at)}.`, card.note && `${card.note}.`, card.question].filter(Boolean).join(" "));
  const isShown = await pictures.show(at);
  if (at !== to) return undefined;
  isOpen = isShown;
  root.classList.toggle("is-broken", !isShown);
  if (!isShown) announce(say.broken);
  return undefined;
}

// Every picture where the campaign says so, else those with a content note, which the cover names.
function cover(card) {
  isCovered = set.cover || card.note !== "";
  root.classList.toggle("is-covered", isCovered);
  find("content-note").textContent = card.note;
}

function finish() {
  root.classList.add("is-finished");
  progress();
  find("question").textContent = say.all_done;
  find("before").textContent = "";
  find("picture").replaceChildren();
  announce(say.all_done);
  find("submit").focus();
}

function word(said) {
  if (said === true) return say.yes;
  if (said === false) return say.no;
  const felt = set.choices.filter((one) => said[one.name]).map((one) => one.word);
  return felt.join(", ") || say.none;
}

function mayAnswer() {
  if (!isOpen || isReadOnly || root.classList.contains("is-finished")) return false;
  if (isCovered) {
    note(say.reveal_first);
    return false;
  }
  if (pictures.tick() >= set.min_view_ms) return true;
  note(say.look_first);
  return false;
}

function answer(felt) {
  if (!mayAnswer()) return;
  performance.mark("affekt:key");
  const card = cards[at];
  const seconds = Math.round(pictures.tick()) / 1000;
  card.said = felt;
  waiting.add("/batch/answer", { card: card.token, felt, seconds });
  answered += 1;
  find("answered").textContent = cards.filter((one) => one.said !== null).length;
  go(nextOpen(at + 1)).then(proposeRest);
}

function pass(kind) {
  if (isReadOnly || root.classList.contains("is-finished")) return;
  if (kind === "skip" && !isOpen) return;
  const card = cards[at];
  if (card.said !== null) {
    note(say.is_answered);
    return;
  }
  card.is_passed = true;
  waiting.add("/batch/pass", { card: card.token, kind });
  go(nextOpen(at + 1));
}

function undo() {
  if (isReadOnly) return;
  const from = root.classList.contains("is-finished") ? cards.length : at;
  for (let one = from - 1; one >= 0; one -= 1) {
    if (!cards[one].is_passed) {
      go(one);
      return;
    }
  }
}

function proposeRest() {
  if (set.break_after && answered > 0 && answered % set.break_after === 0) open("rest");
}

function warn(card) {
  find("warn-text").textContent = filled(say.warn, { emotion: card.word });
  warned.add(card.emotion);
  sessionStorage.setItem("affekt.warned", JSON.stringify([...warned]));
  open("warn");
  return new Promise((resolve) => dialogs.warn.addEventListener("close", resolve, { once: true }));
}

function open(name) {
  pictures.isOn = false;
  pictures.tick();
  if (!dialogs[name].open) dialogs[name].showModal();
}

for (const dialog of Object.values(dialogs)) {
  dialog.addEventListener("close", () => {
    pictures.isOn = isOpen;
    pictures.tick();
  });
  for (const button of dialog.querySelectorAll("[data-close]")) {
    button.addEventListener("click", () => dialog.close());
  }
}

// tick_all: every emotion that is felt
function showTicks(card) {
  for (const box of document.querySelectorAll("[data-tick]")) {
    const isOn = card.said !== null && typeof card.said === "object" && card.said[box.dataset.tick];
    box.setAttribute("aria-pressed", String(Boolean(isOn)));
  }
}

function tick(number) {
  const box = document.querySelectorAll("[data-tick]")[number - 1];
  if (box && isOpen && !isCovered) box.setAttribute("aria-pressed", String(box.getAttribute("aria-pressed") !== "true"));
}

function ticked(isNone) {
  const boxes = [...document.querySelectorAll("[data-tick]")];
  const felt = Object.fromEntries(
    boxes.map((box) => [box.dataset.tick, !isNone && box.getAttribute("aria-pressed") === "true"]),
  );
  if (!isNone && !Object.values(felt).some(Boolean)) note(say.tick_one);
  else answer(felt);
}

function reveal() {
  if (!isCovered || isReadOnly) return;
  isCovered = false;
  root.classList.remove("is-covered");
  pictures.tick(); // what was under the cover was not seen
  pictures.seenMs = 0;
  waiting.add("/batch/reveal", { card: cards[at].token });
  note("");
}

const deeds = {
  yes: () => set.mode === "yes_no" && answer(true),
  no: () => set.mode === "yes_no" && answer(false),
  skip: () => pass("skip"),
  broken: () => pass("broken"),
  undo,
  help: () => open("help"),
  pause: () => open("pause"),
  reveal,
  done: () => set.mode === "tick_all" && ticked(false),
  none: () => set.mode === "tick_all" && ticked(true),
};
for (const button of document.querySelectorAll("[data-do]")) {
  button.addEventListener("click", () => deeds[button.dataset.do]());
}
document.querySelectorAll("[data-tick]").forEach((box, place) => {
  box.addEventListener("click", () => tick(place + 1));
});

const deedOf = new Map(Object.entries(set.keys).map(([deed, key]) => [key.toLowerCase(), deed]));
document.addEventListener("keydown", (event) => {
  if (event.repeat || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  if (document.querySelector("dialog[open]")) return;
  const isPress = event.key === "Enter" || event.key === " ";
  if (isPress && event.target.closest("button, a, summary")) return; // the browser presses it
  const deed = deedOf.get(event.key.toLowerCase());
  const isDigit = set.mode === "tick_all" && /^[1-9]$/.test(event.key);
  if (!deed && !isDigit) return;
  event.preventDefault();
  if (isDigit) tick(Number(event.key));
  else deeds[deed]();
});

// Handing in, whole or in part, waits until everything is saved.
for (const form of [find("submit-form"), find("stop-form")]) {
  form.addEventListener("submit", (event) => {
    if (waiting.count === 0) return;
    event.preventDefault();
    noteSaving(say.saving, true);
    form.addEventListener("saved", () => form.requestSubmit(), { once: true });
    waiting.hurry();
  });
}
window.addEventListener("beforeunload", (event) => {
  if (waiting.count > 0) event.preventDefault();
});

function clock() {
  const seconds = Math.max(0, Math.round((deadline - performance.now()) / 1000));
  const minutes = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  find("left").textContent = filled(say.time_left, { time: minutes });
  if (seconds === 0) note(say.expired, true);
}

alone(`affekt-batch-${set.who}`, {
  first() {
    root.classList.add("is-ready");
    told({ state: "start" });
    waiting.hurry();
    setInterval(clock, 1000);
    clock();
    go(nextOpen(0));
  },
  second() {
    isReadOnly = true;
    root.classList.add("is-read-only");
    note(say.second_tab, true);
    cover(cards[0]);
    pictures.show(0);
    find("question").textContent = cards[0].question;
    for (const button of document.querySelectorAll("[data-do], [data-tick], #submit")) button.disabled = true;
  },
});
