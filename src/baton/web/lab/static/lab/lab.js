// The phone lab: plays several customers over the public chat API, and looks under the glass.

const STORE = "baton.lab";
const MOST_CUSTOMERS = 8;
const WITHOUT_STREAM = 5000;
const NOTIFICATION = "shown as a notification";

const at = (id) => document.getElementById(id);
const lab = at("main");
const LABELS = { sms: "SMS", whatsapp: "WhatsApp", email: "E-mail" };
const NAMES = { bot: "Assistant", agent: "Colleague", contact: "Customer" };
const STANDINGS = {
  queue: "Waiting for a colleague",
  async: "A colleague will answer here",
  agent: "With a colleague",
};

let customers = [];
let active = null;

function build(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

async function call(method, path, { token, body, csrf } = {}) {
  const headers = {};
  if (token) headers.Authorization = `Bearer ${token}`;
  if (body) headers["Content-Type"] = "application/json";
  if (csrf) headers["X-CSRFToken"] = csrf;
  const answer = await fetch(path, { method, headers, cache: "no-store", body: body && JSON.stringify(body) });
  const content = await answer.json();
  if (!answer.ok) throw new Error(content.error?.message ?? "The server cannot be reached.");
  return content;
}

// -- customers --------------------------------------------------------------------------

function keep() {
  const kept = customers.map(({ name, token, business, channel }) => ({ name, token, business, channel }));
  sessionStorage.setItem(STORE, JSON.stringify({ kept, active: customers.indexOf(active) }));
}

function customer({ name, token, business, channel }) {
  return { name, token, business, channel, sizes: {}, messages: new Map(), cursor: "", owner: "", unread: 0, pending: [] };
}

let begun = Promise.resolve();

// One after the other, so that whoever came first is Customer 1, however fast each answer is.
function addCustomer() {
  const entrance = at("entrance");
  if (!entrance) return begun;
  const { channel } = (entrance.selectedOptions?.[0] ?? entrance).dataset;
  const { value } = entrance;
  const adding = begun.then(() => beginCustomer(value, channel));
  begun = adding.catch(() => {});
  return adding;
}

async function beginCustomer(entrance, channel) {
  const session = await call("POST", `/chat/${entrance}/sessions`, { body: {} });
  const taken = customers.map((one) => Number(one.name.replace(/\D/g, "")));
  const name = `Customer ${Math.max(0, ...taken) + 1}`;
  customers.push(customer({ name, token: session.token, business: session.business, channel }));
  if (customers.length > MOST_CUSTOMERS) customers.shift();
  choose(customers.at(-1));
  at("words").focus();
}

function choose(one) {
  active = one;
  one.unread = 0;
  keep();
  drawTabs();
  drawPhone();
  look();
}

function drawTabs() {
  at("customers").replaceChildren(
    ...customers.map((one) => {
      const isActive = one === active;
      const tab = build("button", {
        type: "button",
        role: "tab",
        "aria-selected": String(isActive),
        "aria-controls": "phone",
        tabindex: isActive ? "0" : "-1",
        onclick: () => choose(one),
        onkeydown: (event) => move(event),
      }, one.name);
      if (LABELS[one.channel]) tab.append(` · ${LABELS[one.channel]}`);
      if (one.unread) tab.append(build("span", { class: "count" }, String(one.unread)));
      return tab;
    }),
  );
}

function move(event) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  const place = (customers.indexOf(active) + step + customers.length) % customers.length;
  choose(customers[place]);
  at("customers").children[place].focus();
}

// -- the phone --------------------------------------------------------------------------

function drawSizes() {
  for (const node of at("log").children) {
    const size = active.sizes[node.dataset.id];
    node.classList.toggle("notification", size === NOTIFICATION);
    if (size && !node.querySelector(".size")) node.append(build("small", { class: "size" }, size));
  }
}

function drawMessage(message) {
  const time = new Date(message.at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  const line = `${message.name || NAMES[message.author]} · ${message.state ?? time}`;
  return build("div", { class: `said-by ${message.author}${message.isFailed ? " failed" : ""}` },
    build("small", {}, line), build("p", { dir: "auto" }, message.text));
}

let drawn = null;

function drawPhone() {
  const log = at("log");
  const messages = [...active.messages.values(), ...active.pending];
  // Only what is fresh is added, so that a screen reader says it once.
  if (drawn !== active) log.replaceChildren();
  drawn = active;
  log.querySelectorAll("[data-pending]").forEach((node) => node.remove());
  const known = new Set([...log.children].map((node) => node.dataset.id));
  for (const message of messages) {
    if (known.has(message.id)) continue;
    const node = drawMessage(message);
    if (message.isPending) node.dataset.pending = "";
    node.dataset.id = message.id;
    log.append(node);
  }
  drawSizes();
  log.scrollTop = log.scrollHeight;
  if (at("permit")) at("permit").hidden = (active.channel ?? "webchat") !== "webchat" || active.isPermitted;
  at("phone").dataset.channel = active.channel;
  at("business").textContent = active.business;
  at("standing").textContent = STANDINGS[active.owner] ?? "Assistant";
  const last = messages.at(-1);
  at("choices").replaceChildren(
    ...(last?.choices ?? []).map((choice) =>
      build("button", { type: "button", class: "button", onclick: () => say(choice.label) }, choice.label)),
  );
}

async function say(raw) {
  const text = raw.trim();
  if (!text) return;
  if (!active) await begun; // the first customer is still being let in
  if (!active) {
    at("words").value = text; // nobody could be: the words are not lost
    return;
  }
  const one = active;
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  const id = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const message = { id, text, author: "contact", at: Date.now(), isPending: true, state: "sending…" };
  one.pending.push(message);
  drawPhone();
  try {
    await call("POST", "/chat/messages", { token: one.token, body: { id, text } });
    message.state = "sent";
  } catch (error) {
    message.state = `not sent: ${error.message}`;
    message.isFailed = true;
  }
  if (one === active) drawPhone();
}

async function fetchMessages(one) {
  let isFresh = false;
  let page;
  do {
    page = await call("GET", `/chat/messages?limit=100&after=${one.cursor}`, { token: one.token });
    for (const message of page.messages) {
      if (one.messages.has(message.id)) continue;
      isFresh = true;
      one.messages.set(message.id, message);
      one.pending = one.pending.filter((waiting) => waiting.id !== message.client_id);
      if (one !== active && message.author !== "contact") one.unread += 1;
    }
    if (page.cursor === one.cursor) break;
    one.cursor = page.cursor;
  } while (page.messages.length === 100);
  const isMoved = page.owner !== one.owner;
  one.owner = page.owner;
  return isFresh || isMoved;
}

// -- under the glass --------------------------------------------------------------------

function percent(share) {
  return share === null ? "–" : `${Math.round(share * 100)}%`;
}

function drawGlass(seen) {
  at("glass").hidden = !seen.conversation;
  at("glass-empty").hidden = Boolean(seen.conversation);
  if (!seen.conversation) return;
  const [last] = seen.turns;
  const axes = Object.entries(seen.axes).filter(([, value]) => value !== null);
  const facts = {
    Owner: [seen.owner, seen.assignee && `(${seen.assignee})`, seen.queue && `· queue ${seen.queue}`].filter(Boolean).join(" "),
    Status: seen.status + (seen.needs_review ? " · to review" : ""),
    "Last turn": last ? `${last.decision} · ${last.reason || "no reason noted"}` : "–",
    Intent: last?.intent ? `${last.intent} · ${percent(last.confidence)} sure` : "–",
    "About": seen.request_type || "–",
    Triage: [seen.triage || "–", axes.length ? `(${axes.map(([name, value]) => `${name} ${value}`).join(", ")})` : ""].join(" "),
    "Failed attempts": String(seen.failed_attempts),
    "Bot turns": String(seen.bot_turns),
    "Flow step": seen.step || "no run waits",
  };
  at("facts").replaceChildren(
    ...Object.entries(facts).flatMap(([name, value]) => [build("dt", {}, name), build("dd", {}, value)]),
  );
  at("open").href = seen.url;
  at("turns").replaceChildren(...seen.turns.map(drawTurn));
}

function drawTurn(turn) {
  const line = build("div", { class: "line" }, build("strong", {}, turn.decision.replaceAll("_", " ")));
  if (turn.intent) {
    line.append(
      build("span", {}, turn.intent),
      build("meter", { class: "bar-of", min: "0", max: "1", value: String(turn.confidence ?? 0), "aria-label": "Confidence" }),
      build("span", {}, percent(turn.confidence)),
    );
  }
  const why = [turn.reason, turn.action, turn.step && `step ${turn.step}`, `mood ${turn.sentiment.toFixed(2)}`];
  return build("li", {}, line, build("p", { class: "why" }, why.filter(Boolean).join(" · ")));
}

// -- staying up to date -------------------------------------------------------------------

let isLooking = false;
let lookAgain = false;

/** Fetch what changed for everybody; calls while one runs become one more afterwards. */
async function look() {
  if (isLooking) {
    lookAgain = true;
    return;
  }
  isLooking = true;
  do {
    lookAgain = false;
    try {
      const fresh = await Promise.all(customers.map(fetchMessages));
      if (active) {
        if (fresh[customers.indexOf(active)] || drawn !== active) drawPhone();
        const one = active;
        const seen = await call("GET", lab.dataset.glass, { token: one.token });
        one.sizes = seen.sizes ?? {};
        if (one === active) {
          drawGlass(seen);
          drawSizes();
        }
      }
      drawTabsIfChanged();
    } catch {
      // The server is away: the stream's next event, or the clock below, looks again.
    }
  } while (lookAgain);
  isLooking = false;
}

let tabsDrawn = "";

function drawTabsIfChanged() {
  const now = customers.map((one) => `${one.name}:${one.unread}`).join();
  if (now === tabsDrawn) return;
  tabsDrawn = now;
  const hadFocus = at("customers").contains(document.activeElement);
  drawTabs();
  if (hadFocus) at("customers").children[customers.indexOf(active)]?.focus();
}

function listen() {
  const stream = new EventSource(document.body.dataset.live);
  stream.addEventListener("inbox", look);
  stream.addEventListener("open", look);
  setInterval(() => { if (stream.readyState !== EventSource.OPEN) look(); }, WITHOUT_STREAM);
  addEventListener("pagehide", () => stream.close());
}

// -- the page -----------------------------------------------------------------------------

at("add").addEventListener("click", addCustomer);
at("permit")?.addEventListener("click", async (event) => {
  const one = active;
  await call("POST", event.target.dataset.url, { token: one.token, csrf: document.querySelector("[name=csrfmiddlewaretoken]")?.value });
  one.isPermitted = true;
  at("permit").hidden = true;
  at("words").focus();
});
at("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  say(at("words").value);
  at("words").value = "";
});
at("words").addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  at("composer").requestSubmit();
});
for (const example of document.querySelectorAll("[data-say]")) {
  example.addEventListener("click", () => say(example.dataset.say));
}

let kept = { kept: [], active: 0 };
try {
  kept = JSON.parse(sessionStorage.getItem(STORE)) ?? kept;
} catch {
  // What another version kept is not worth a word.
}
customers = kept.kept.map(customer);
if (customers.length) choose(customers[kept.active] ?? customers[0]);
else addCustomer();
listen();
