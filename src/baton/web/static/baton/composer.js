// Reply and note: tabs, drafts that survive, canned replies by "/", sending by key.

import { say } from "./say.js";
import { forgetDrafts, keep, read } from "./store.js";

const FIELDS = ["reply", "note"];
let options = [];
let chosen = 0;

const composer = () => document.getElementById("composer");
const draftKey = (field) => `draft.${composer()?.dataset.id}.${field}`;

export function write(field) {
  const place = document.getElementById(field);
  if (!place) return;
  for (const name of FIELDS) {
    const isOn = name === field;
    const tab = document.getElementById(`tab-${name}`);
    tab.setAttribute("aria-selected", String(isOn));
    tab.tabIndex = isOn ? 0 : -1;
    document.getElementById(`panel-${name}`).hidden = !isOn;
  }
  place.focus();
}

function restore() {
  for (const field of FIELDS) {
    const place = document.getElementById(field);
    if (place && !place.value) place.value = read(draftKey(field));
  }
  showState();
}

function showState() {
  const owner = document.getElementById("owner");
  const state = document.getElementById("reply-state");
  const send = document.getElementById("send-reply");
  if (!owner || !state || !send) return;
  const isMine = owner.dataset.mine === "true";
  send.setAttribute("aria-disabled", String(!isMine));
  const isOver = owner.dataset.status === "resolved";
  state.textContent = isMine ? "" : isOver ? "It is resolved." : "Take the conversation to reply.";
}

// -- canned replies ---------------------------------------------------------------------

function wanted(place) {
  const before = place.value.slice(0, place.selectionStart);
  return /(?:^|\s)\/([\w-]*)$/.exec(before)?.[1] ?? null;
}

function list() {
  return document.getElementById("canned-options");
}

function hide() {
  options = [];
  const place = document.getElementById("reply");
  list()?.setAttribute("hidden", "");
  place?.removeAttribute("aria-activedescendant");
}

function suggest() {
  const place = document.getElementById("reply");
  const word = wanted(place);
  if (word === null) return hide();
  const saved = JSON.parse(document.getElementById("canned").textContent);
  const found = saved.filter((one) => one.code.includes(word.toLowerCase()));
  const starts = (one) => (one.code.startsWith(word.toLowerCase()) ? 0 : 1);
  options = found.sort((one, other) => starts(one) - starts(other));
  if (!options.length) return hide();
  chosen = 0;
  draw();
}

function draw() {
  const place = document.getElementById("reply");
  list().replaceChildren(
    ...options.map((one, at) => {
      const item = document.createElement("li");
      item.id = `canned-${one.code}`;
      item.role = "option";
      item.ariaSelected = String(at === chosen);
      item.dataset.at = String(at);
      const code = document.createElement("b");
      code.textContent = `/${one.code}`;
      item.append(code, ` ${one.text}`);
      return item;
    }),
  );
  list().removeAttribute("hidden");
  place.setAttribute("aria-activedescendant", `canned-${options[chosen].code}`);
  list().children[chosen].scrollIntoView({ block: "nearest" });
}

function take(at) {
  const place = document.getElementById("reply");
  const end = place.selectionStart;
  const start = place.value.lastIndexOf("/", end - 1);
  place.setRangeText(options[at].text, start, end, "end");
  hide();
  place.focus();
  place.dispatchEvent(new Event("input", { bubbles: true }));
}

function keyInList(event) {
  if (!options.length || event.target.id !== "reply") return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) {
    chosen = (chosen + step + options.length) % options.length;
    draw();
  } else if ((event.key === "Enter" && !event.ctrlKey && !event.metaKey) || event.key === "Tab") {
    take(chosen);
  } else if (event.key === "Escape") {
    hide();
  } else return;
  event.preventDefault();
}

// -- words that stand ready: an article that fits, the opening of a play -------------------

function insert(button) {
  const place = document.getElementById("reply");
  if (!place) return;
  write("reply");
  const before = place.value.slice(0, place.selectionEnd);
  const gap = before && !/\s$/.test(before) ? "\n\n" : "";
  place.setRangeText(gap + button.dataset.words, place.selectionEnd, place.selectionEnd, "end");
  if (button.dataset.article) {
    const named = document.createElement("input");
    named.type = "hidden";
    named.name = "article";
    named.value = button.dataset.article;
    document.getElementById("reply-articles").append(named);
  }
  place.dispatchEvent(new Event("input", { bubbles: true }));
}

export function insertFitting() {
  const first = document.querySelector("#fitting [data-words]");
  if (first) insert(first);
  else say("No article fits what they asked.");
}

function forgetArticles() {
  document.getElementById("reply-articles")?.replaceChildren();
}

let heard = "";

// Somebody wrote since: another article may fit now.
function lookAgain() {
  const last = document.getElementById("owner")?.dataset.last ?? "";
  if (heard && last !== heard) htmx.trigger("#fitting", "spoken");
  heard = last;
}

// -- the whole --------------------------------------------------------------------------

function sent(event) {
  const field = event.detail.act;
  if (!FIELDS.includes(field)) return;
  const place = document.getElementById(field);
  keep(draftKey(field), "");
  place.value = "";
  if (field === "reply") forgetArticles();
  const template = document.getElementById("reply-template");
  if (field === "reply" && template) template.value = "";
  document.getElementById("reply-weight")?.replaceChildren();
  place.focus();
}

export function startComposer() {
  heard = document.getElementById("owner")?.dataset.last ?? "";
  restore();
  document.addEventListener("keydown", keyInList);
  document.addEventListener("done", sent);
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id === "pane") {
      heard = document.getElementById("owner")?.dataset.last ?? "";
      restore();
    }
    if (event.detail.target.id === "standing") {
      showState();
      lookAgain();
    }
  });
  document.addEventListener("input", (event) => {
    if (!FIELDS.includes(event.target.id)) return;
    keep(draftKey(event.target.id), event.target.value);
    if (event.target.id === "reply" && !event.target.value) forgetArticles();
    if (event.target.id === "reply" && event.isTrusted) suggest();
  });
  document.addEventListener("click", (event) => {
    const tab = event.target.closest?.("[role=tab]");
    if (tab) write(tab.id.replace("tab-", ""));
    const ready = event.target.closest?.("[data-words]");
    if (ready) insert(ready);
    const option = event.target.closest?.("#canned-options [role=option]");
    if (option) take(Number(option.dataset.at));
    else if (event.target.id !== "reply") hide();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && FIELDS.includes(event.target.id)) {
      event.preventDefault();
      event.target.form.requestSubmit();
    }
    const tab = event.target.closest?.("[role=tab]");
    if (tab && (event.key === "ArrowRight" || event.key === "ArrowLeft")) {
      const other = tab.id === "tab-reply" ? "note" : "reply";
      write(other);
      document.getElementById(`tab-${other}`).focus();
    }
  });
  document.getElementById("sign-out")?.addEventListener("submit", forgetDrafts);
}
