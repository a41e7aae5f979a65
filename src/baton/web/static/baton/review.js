// The review queue by keyboard: j and k move, each button says its own key.

import { say } from "./say.js";

let current = 0;

const cards = () => [...document.querySelectorAll("[data-review]")];

function isWriting(target) {
  return target.matches?.("input, textarea, select, [contenteditable]");
}

function mark(at, { focus = true } = {}) {
  const all = cards();
  if (!all.length) return;
  current = Math.min(Math.max(at, 0), all.length - 1);
  all.forEach((card, place) => {
    if (place === current) card.setAttribute("aria-current", "true");
    else card.removeAttribute("aria-current");
  });
  if (focus) {
    all[current].focus({ preventScroll: true });
    all[current].scrollIntoView({ block: "nearest" });
  }
}

function press(key) {
  const card = cards()[current];
  const wanted = `[data-review-key="${CSS.escape(key)}"]`;
  const found = card?.querySelector(wanted) ?? document.querySelector(`#undo-verdict${wanted}`);
  if (!found) return false;
  if (found.matches("input")) found.focus();
  else found.click();
  return true;
}

function onKey(event) {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.key === "Escape" && isWriting(event.target)) {
    mark(current);
    return;
  }
  if (isWriting(event.target) || document.querySelector("dialog[open]")) return;
  const step = { j: 1, k: -1 }[event.key];
  if (step) {
    const isMarked = cards().some((card) => card.hasAttribute("aria-current"));
    if (!cards()[current + step] && isMarked) {
      say(step > 0 ? "This is the last one of the list." : "This is the first one.");
    }
    mark(isMarked ? current + step : current);
  } else if (!press(event.key)) return;
  event.preventDefault();
}

export function startReview() {
  if (!document.getElementById("reviews")) return;
  document.addEventListener("keydown", onKey);
  document.addEventListener("focusin", (event) => {
    const card = event.target.closest?.("[data-review]");
    if (card) mark(cards().indexOf(card), { focus: false });
  });
  // A refresh may not take away what somebody is writing; a verdict ends the writing.
  document.addEventListener("done", () => document.activeElement?.blur?.());
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.id === "reviews" && isWriting(document.activeElement)) {
      event.detail.shouldSwap = false;
    }
  });
  // What was judged is gone after a refresh: the next one stands in its place.
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id === "reviews") mark(current);
  });
}
