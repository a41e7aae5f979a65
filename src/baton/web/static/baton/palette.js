// The command bar: whatever the page offers right now, by name, and any conversation by its id.

let offered = [];
let options = [];
let chosen = 0;
let before = null;

const bar = () => document.getElementById("palette");
const input = () => document.getElementById("palette-input");

function commands() {
  const all = [...document.querySelectorAll("[data-command]")];
  // Every section is a command, also where the bar has no room for its link.
  const isSection = (one) => Boolean(one.closest("#sections"));
  const isHere = (one) => Boolean(one.closest("#pane"));
  // What can be done with the open conversation comes first.
  return [...all.filter(isHere), ...all.filter((one) => !isHere(one))]
    .filter((one) => isSection(one) || (one.checkVisibility?.({ visibilityProperty: true }) ?? true))
    .map((one) => ({ words: one.dataset.command, run: () => standing(one)?.click() }));
}

// While the bar is open the page may be drawn again: what stands there now is meant.
function standing(one) {
  if (one.isConnected) return one;
  const words = one.dataset.command;
  return [...document.querySelectorAll("[data-command]")].find((o) => o.dataset.command === words);
}

function find() {
  const typed = input().value.trim();
  const parts = typed.toLowerCase().split(/\s+/);
  options = offered.filter((one) =>
    parts.every((part) => one.words.toLowerCase().includes(part)),
  );
  if (typed) {
    const query = encodeURIComponent(typed.replace(/^#/, ""));
    options.push({
      words: `Search conversations: ${typed}`,
      run: () => location.assign(`/?q=${query}`),
    });
  }
  chosen = 0;
  draw();
}

function draw() {
  document.getElementById("palette-options").replaceChildren(
    ...options.map((one, at) => {
      const item = document.createElement("li");
      item.id = `command-${at}`;
      item.role = "option";
      item.ariaSelected = String(at === chosen);
      item.textContent = one.words;
      item.addEventListener("click", () => run(at));
      return item;
    }),
  );
  if (options.length) input().setAttribute("aria-activedescendant", `command-${chosen}`);
  else input().removeAttribute("aria-activedescendant");
  document.getElementById(`command-${chosen}`)?.scrollIntoView({ block: "nearest" });
}

function run(at) {
  const one = options[at];
  bar().close();
  before?.focus();
  one?.run();
}

export function openPalette() {
  if (bar().open) return;
  before = document.activeElement;
  offered = commands();
  bar().showModal();
  input().value = "";
  find();
}

export function startPalette() {
  document.getElementById("open-palette")?.addEventListener("click", openPalette);
  input()?.addEventListener("input", find);
  input()?.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && options.length) {
      chosen = (chosen + step + options.length) % options.length;
      draw();
    } else if (event.key === "Enter") {
      run(chosen);
    } else return;
    event.preventDefault();
  });
  bar()?.addEventListener("click", (event) => {
    if (event.target === bar()) bar().close();
  });
}
