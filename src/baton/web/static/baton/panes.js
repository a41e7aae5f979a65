// The three panes: which row is open, what stays open across a refresh, one pane at a time on a phone.

import { say } from "./say.js";
import { undo } from "./undo.js";

const kept = { menus: [], focus: "", atEnd: false };
let wantsNext = false;
let wantsReply = false;

export function openId() {
  return document.getElementById("conversation")?.dataset.id ?? "";
}

function markRow() {
  const id = openId();
  for (const row of document.querySelectorAll(".row")) {
    if (row.dataset.id === id) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  }
}

function neighbour(step) {
  const rows = [...document.querySelectorAll(".row")];
  const at = rows.findIndex((row) => row.dataset.id === openId());
  if (at < 0) return step > 0 ? rows[0] : rows.at(-1);
  return rows[at + step];
}

export function go(step) {
  const row = neighbour(step);
  if (!row) {
    say(step > 0 ? "This is the last conversation of the list." : "This is the first one.");
    return;
  }
  open(row);
}

// After a close one goes on: below, or from the top again where the closed one stood last.
function goOn() {
  const first = document.querySelector(".row");
  if (!neighbour(1) && first && first.dataset.id !== openId()) open(first);
  else go(1);
}

function open(row) {
  row.focus();
  row.click();
}

export function openMenu(id, then = {}) {
  const menu = document.getElementById(id);
  if (!menu) {
    say(openId() ? "Take the conversation first." : "Open a conversation first.");
    return;
  }
  wantsNext = then.next ?? false;
  menu.open = true;
  menu.querySelector(".item")?.focus();
}

export function take() {
  const row = document.activeElement?.closest?.("#list li")?.querySelector(".row-take");
  const offered = document.querySelector("#offers .offer-take");
  const button = row ?? document.getElementById("take") ?? offered;
  // Taken by key, the next thing is to write: the button that was pressed is gone.
  wantsReply = Boolean(button);
  if (button) button.click();
  else say(openId() ? "This one is taken, or it is closed." : "Choose a conversation first.");
}

// Taken from the list, a conversation opens with it.
async function takeRow(event) {
  const button = event.target.closest?.(".row-take");
  if (!button) return;
  event.preventDefault();
  const row = button.closest("li").querySelector(".row");
  await htmx.ajax("POST", button.getAttribute("formaction"), { source: button, swap: "none" });
  row.click();
}

function closeMenus(except) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (menu !== except) menu.open = false;
  }
}

function moveInMenu(event) {
  const menu = event.target.closest?.("details.menu[open]");
  if (!menu) return;
  if (event.key === "Escape") {
    menu.open = false;
    menu.querySelector("summary").focus();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    const items = [...menu.querySelectorAll(".item")];
    const at = items.indexOf(document.activeElement);
    const step = event.key === "ArrowDown" ? 1 : -1;
    items[(at + step + items.length) % items.length]?.focus();
  } else return;
  event.preventDefault();
}

// On a phone the list is gone while a conversation is open: the way back leads to its page and place.
const PLACE = "baton.place";

function keepPlace() {
  const list = document.getElementById("list");
  if (!list?.offsetParent) return;
  const place = { from: list.getAttribute("hx-get"), top: list.scrollTop };
  sessionStorage.setItem(PLACE, JSON.stringify(place));
}

function findPlace() {
  const list = document.getElementById("list");
  const place = JSON.parse(sessionStorage.getItem(PLACE) ?? "null");
  if (!list?.offsetParent) return;
  if (place?.from === list.getAttribute("hx-get")) list.scrollTop = place.top;
  sessionStorage.removeItem(PLACE);
}

function leadBack(link) {
  const from = document.getElementById("list")?.getAttribute("hx-get");
  if (from) link.search = new URL(from, location.href).search;
}

function beforeSwap(event) {
  const target = event.detail.target;
  kept.menus = [...target.querySelectorAll("details[open]")].map((one) => one.id).filter(Boolean);
  kept.focus = target.contains(document.activeElement) ? document.activeElement.id : "";
  const scroll = document.getElementById("scroll");
  kept.atEnd = Boolean(
    scroll && scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 60,
  );
}

function afterSwap(event) {
  const target = event.detail.target;
  for (const id of kept.menus) {
    const menu = document.getElementById(id);
    if (menu) menu.open = true;
  }
  // What stood in a menu could not take the focus back before the menu was open again.
  const focused = kept.focus && document.getElementById(kept.focus);
  if (focused && target.contains(focused)) focused.focus({ preventScroll: true });
  if (target.id === "transcript") {
    const scroll = document.getElementById("scroll");
    if (event.detail.requestConfig?.verb === "post") {
      document.getElementById("words")?.scrollIntoView({ block: "start" });
    } else if (kept.atEnd) {
      scroll.scrollTop = scroll.scrollHeight;
    }
  }
  if (target.id === "pane") {
    keepPlace();
    document.body.dataset.pane = "conversation";
    document.title = `${document.getElementById("who")?.textContent.trim() ?? "Inbox"} · Baton`;
    if (matchMedia("(max-width: 56rem)").matches) document.getElementById("back")?.focus();
  }
  markRow();
  const reply = document.getElementById("reply");
  if (wantsReply && document.getElementById("owner")?.dataset.mine === "true" && reply) {
    wantsReply = false;
    reply.focus({ preventScroll: true });
  }
}

function done(event) {
  say(event.detail.said, event.detail.undo && { words: "Undo", run: undo });
  const problem = document.getElementById("problem");
  if (problem) problem.textContent = "";
  closeMenus();
  if (event.detail.act === "resolve" && wantsNext) goOn();
  wantsNext = false;
}

export function startPanes() {
  markRow();
  findPlace();
  document.addEventListener("htmx:beforeSwap", beforeSwap);
  document.addEventListener("htmx:afterSwap", afterSwap);
  document.addEventListener("keydown", moveInMenu);
  document.addEventListener("click", takeRow);
  document.addEventListener("done", done);
  document.addEventListener("click", (event) => {
    closeMenus(event.target.closest?.("details.menu"));
    if (event.target.closest?.("summary")) wantsNext = false;
    if (event.target.closest?.("#next")) goOn();
    const back = event.target.closest?.("#back");
    if (back) leadBack(back);
    const opener = event.target.closest?.("#open-folders");
    const folders = document.getElementById("folders");
    if (opener && folders) {
      const isOpen = folders.classList.toggle("open");
      opener.setAttribute("aria-expanded", String(isOpen));
      if (isOpen) folders.querySelector("a")?.focus();
    } else if (!event.target.closest?.("#folders")) {
      folders?.classList.remove("open");
      document.getElementById("open-folders")?.setAttribute("aria-expanded", "false");
    }
  });
  document.addEventListener("htmx:sendError", () => {
    const problem = document.getElementById("problem");
    if (problem) problem.textContent = "The server cannot be reached. Your text is kept here.";
  });
}
