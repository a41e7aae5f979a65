/* The chat widget: <script src="https://host/widget.js" data-inbox="TOKEN" async></script> */
(() => {
	"use strict";
	const script = document.currentScript;
	const inbox = script?.dataset.inbox;
	if (!inbox || window.Baton) return;
	const base = new URL(script.src).origin;
	const key = `baton:${inbox}`;

	// -- what survives a reload: token, identity, the words not yet confirmed
	let memory = {};
	const load = () => {
		try { memory = JSON.parse(localStorage.getItem(key)) || memory; } catch { /* blocked */ }
		return { token: "", who: "", seen: "", open: false, queue: [], ...memory };
	};
	const edit = (change) => { // other tabs write too
		const kept = load();
		change(kept);
		memory = kept;
		try { localStorage.setItem(key, JSON.stringify(kept)); } catch { /* blocked */ }
	};

	let identity = null;
	try { identity = JSON.parse(script.dataset.user || "null"); } catch { console.warn("Baton: data-user is not JSON"); }
	let cursor = "", owner = "", greeting = "", isReady = false, isAway = false;
	let stream = null, attempt = 0, sendAttempt = 0, isSending = false;
	let retryTimer, sendTimer, typingTimer, unread = 0;
	const shown = new Map(); // message id, or the queue's own id -> its element
	let about = {}, extra, loading; // widget-more.js, once opened
	const undressed = []; // messages with files that were drawn before

	// -- elements
	const el = (tag, props = {}, ...children) => {
		const node = document.createElement(tag);
		for (const [name, value] of Object.entries(props)) {
			if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
			else node.setAttribute(name, value);
		}
		node.append(...children);
		return node;
	};
	const icon = (path) => {
		const space = "http://www.w3.org/2000/svg";
		const svg = document.createElementNS(space, "svg");
		svg.setAttribute("viewBox", "0 0 24 24");
		svg.setAttribute("aria-hidden", "true");
		const line = document.createElementNS(space, "path");
		line.setAttribute("d", path);
		svg.append(line);
		return svg;
	};
	const CSS = `
:host { all: initial; --accent: #3451d1; --on-accent: #fff; --bg: #fff; --soft: #f1f3f7; --line: #d9dee7;
	--text: #1a2030; --dim: #596275; --bad: #b3261e; --warn: #fff3d6; --on-warn: #5c4300;
	font: 15px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; color: var(--text); }
@media (prefers-color-scheme: dark) { :host { --bg: #171b24; --soft: #262c39; --line: #3a4252; --text: #eef1f6;
	--dim: #a9b2c3; --bad: #ff9c94; --warn: #463813; --on-warn: #ffe3a1; } }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
button, textarea { font: inherit; color: inherit; }
button { cursor: pointer; border: 0; background: none; padding: 0; }
:focus-visible { outline: 3px solid var(--text); outline-offset: 2px; }
svg { width: 28px; height: 28px; fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round; }
.launch { position: fixed; right: 20px; bottom: 20px; z-index: 2147483000; width: 60px; height: 60px; border-radius: 50%;
	box-shadow: 0 6px 24px #0005; }
.badge { position: absolute; top: -3px; right: -3px; min-width: 22px; height: 22px; padding: 0 6px; border-radius: 11px;
	background: #c62828; color: #fff; font-size: 13px; font-weight: 600; line-height: 22px; text-align: center; }
.panel { position: fixed; right: 20px; bottom: 92px; z-index: 2147483000; width: 384px; height: min(620px, calc(100vh - 116px));
	display: flex; flex-direction: column; overflow: hidden; border-radius: 18px; background: var(--bg);
	border: 1px solid var(--line); box-shadow: 0 18px 60px #0004; }
.launch, header, form button, .contact .b { background: var(--accent); color: var(--on-accent); }
header { display: flex; gap: 12px; align-items: center; padding: 14px 12px 14px 18px; }
header > div { flex: 1; min-width: 0; }
h2 { margin: 0; font-size: 16px; font-weight: 650; line-height: 1.3; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
header p { margin: 0; font-size: 13px; }
header button { width: 40px; height: 40px; border-radius: 10px; }
header :focus-visible { outline-color: currentColor; }
.banner { margin: 0; padding: 8px 18px; font-size: 13px; background: var(--warn); color: var(--on-warn); }
.log { flex: 1; overflow-y: auto; overscroll-behavior: contain; padding: 16px 16px 8px; display: flex; flex-direction: column; }
.log:focus-visible { outline-offset: -3px; }
.m { max-width: 84%; margin-top: 4px; align-self: flex-start; }
.m.first { margin-top: 12px; } .log > :first-child { margin-top: auto; }
.by { margin: 0 4px 3px; font-size: 12px; color: var(--dim); }
.m:not(.first) > .by { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.b { padding: 9px 13px; border-radius: 16px; border-bottom-left-radius: 5px; background: var(--soft); white-space: pre-wrap;
	overflow-wrap: anywhere; unicode-bidi: plaintext; }
.m.contact { align-self: flex-end; text-align: right; }
.contact .b { text-align: start; border-radius: 16px; border-bottom-right-radius: 5px; }
.state { margin: 3px 4px 0; font-size: 12px; color: var(--dim); } .state.bad { color: var(--bad); }
.state button { text-decoration: underline; min-height: 24px; color: var(--text); }
form { display: flex; gap: 8px; align-items: flex-end; padding: 10px 12px 12px; border-top: 1px solid var(--line); }
textarea { flex: 1; max-height: 132px; min-height: 44px; padding: 10px 13px; resize: none; border: 1px solid var(--dim); border-radius: 14px;
	background: var(--bg); }
textarea:focus-visible { outline-width: 2px; outline-offset: -1px; }
textarea::placeholder { color: var(--dim); opacity: 1; }
form button { width: 44px; height: 44px; border-radius: 14px; }
.launch, header button, form button { display: grid; place-items: center; }
@media (max-width: 520px) { .panel { inset: 0; width: auto; height: 100dvh; border: 0; border-radius: 0; } .panel:not([hidden]) ~ .launch { display: none; }
	textarea { font-size: 16px; } }`;

	const host = el("div", { id: "baton-chat" });
	const root = host.attachShadow({ mode: "open" });
	const style = (css) => { // a strict policy blocks <style>, but not this
		const sheet = new CSSStyleSheet();
		sheet.replaceSync(css);
		root.adoptedStyleSheets.push(sheet);
	};
	style(CSS);

	const title = el("h2", { id: "title" }, "Chat");
	const status = el("p", {}, "Assistant");
	const banner = el("p", { class: "banner", role: "status", hidden: "" });
	const log = el("div", { class: "log", role: "log", "aria-live": "polite", "aria-label": "Conversation", tabindex: "0" });
	const typing = el("div", { class: "typing", "aria-hidden": "true", hidden: "" }, "Assistant is writing…");
	const input = el("textarea", {
		rows: "1", maxlength: "4000", dir: "auto", placeholder: "Write a message…", "aria-label": "Your message",
		oninput: () => { fit(); extra?.typed(); },
		onkeydown: (event) => {
			if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
			event.preventDefault();
			send();
		},
	});
	const form = el("form", { onsubmit: (event) => { event.preventDefault(); send(); } },
		input, el("button", { type: "submit", "aria-label": "Send" }, icon("M5 12h14M13 6l6 6-6 6")));
	const panel = el("section", { class: "panel", role: "dialog", "aria-labelledby": "title", hidden: "" },
		el("header", { role: "none" }, el("div", {}, title, status),
			el("button", { type: "button", "aria-label": "Close chat", onclick: () => close() }, icon("M6 6l12 12M18 6L6 18"))),
		banner, log, typing, form);
	const badge = el("span", { class: "badge", "aria-hidden": "true", hidden: "" });
	const launch = el("button", {
		class: "launch", type: "button", "aria-label": "Open chat", "aria-expanded": "false",
		onclick: () => (panel.hidden ? open() : close()),
	}, icon("M21 12a8 8 0 0 1-8 8H4l2-3.2A8 8 0 1 1 21 12z"), badge);
	root.append(panel, launch);
	root.addEventListener("keydown", (event) => { if (event.key === "Escape" && !panel.hidden) close(); });

	const paint = (colour) => {
		if (!/^#[0-9a-f]{6}$/i.test(colour || "")) return;
		const [red, green, blue] = [1, 3, 5].map((at) => (parseInt(colour.slice(at, at + 2), 16) / 255) ** 2.2);
		const light = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
		host.style.setProperty("--accent", colour);
		host.style.setProperty("--on-accent", light > 0.18 ? "#111" : "#fff");
	};
	const fit = () => {
		input.style.height = "auto";
		input.style.height = `${input.scrollHeight + 2}px`;
	};

	// -- the conversation on screen
	const linked = (text) => {
		const parts = [];
		let from = 0;
		for (const match of text.matchAll(/https?:\/\/[^\s<>"']+/gi)) {
			const url = match[0].replace(/[.,;:!?)\]]+$/, "");
			const anchor = el("a", { href: url, target: "_blank", rel: "noopener noreferrer" });
			anchor.textContent = url;
			parts.push(text.slice(from, match.index), anchor);
			from = match.index + url.length;
		}
		return [...parts, text.slice(from)];
	};
	const NAMES = { contact: "You", bot: "Assistant", agent: "Colleague" };
	const bubble = (message) => {
		const at = new Date(message.at);
		const by = message.name || NAMES[message.author];
		const time = el("time", { datetime: at.toISOString() });
		time.textContent = at.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
		const words = el("div", { class: "b", dir: "auto" }, ...linked(message.text));
		const node = el("div", { class: `m ${message.author}`, "data-by": by },
			el("div", { class: "by" }, by, " · ", time), ...(message.text ? [words] : []));
		dress(node, message);
		return node;
	};
	const dress = (node, message) => {
		if (message.files?.length) extra ? extra.dress(node, message) : undressed.push([node, message]);
	};
	const stick = (change, always) => { // whoever reads the end goes on reading it
		const isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
		change();
		if (isAtEnd || always) log.scrollTop = log.scrollHeight;
	};
	const append = (node, isOwn) => {
		log.querySelector(".choices")?.remove(); // a question is answered by whatever comes next
		stick(() => {
			log.insertBefore(node, isOwn ? null : log.querySelector(".waits")); // words on their way stay last
			for (const one of [node, node.nextElementSibling]) {
				one?.classList.toggle("first", one.previousElementSibling?.dataset.by !== one.dataset.by);
			}
		}, isOwn);
	};
	const show = (message) => {
		if (shown.has(message.id)) return;
		const own = message.author === "contact" && shown.get(message.client_id);
		if (own) { // the server's word for what stands here already
			shown.set(message.id, own);
			own.classList.remove("waits");
			own.querySelector(".state")?.remove();
			dress(own, message);
		} else {
			const node = bubble(message);
			append(node);
			shown.set(message.id, node);
			if (message.choices.length) offer(node, message.choices);
		}
		if (message.author === "contact") edit((kept) => { kept.queue = kept.queue.filter((one) => one.id !== message.client_id); });
		else { awaitReply(false); count(message.id); extra?.look(message.id); }
	};
	const offer = (node, choices) => {
		node.append(el("div", { class: "choices", role: "group", "aria-label": "Quick replies" },
			...choices.map((choice) => el("button", {
				type: "button", onclick: () => { input.focus(); say(choice.label); },
			}, choice.label))));
		log.scrollTop = log.scrollHeight;
	};
	const count = (id) => {
		if (id <= load().seen) return;
		if (panel.hidden) unread += 1;
		else edit((kept) => { kept.seen = id; });
		drawBadge();
	};
	const drawBadge = () => {
		badge.hidden = !unread;
		badge.textContent = unread;
		launch.setAttribute("aria-label", panel.hidden ? (unread ? `Open chat, ${unread} unread` : "Open chat") : "Close chat");
	};
	const drawStatus = () => {
		status.textContent = { queue: "A colleague will join you here", async: "A colleague will answer here", agent: "You are talking to our team" }[owner] || "Assistant";
		const isOff = !navigator.onLine || isAway;
		banner.textContent = !isOff ? "" : load().queue.length ? "Offline - your message will be sent." : "Offline - trying again…";
		stick(() => { banner.hidden = !isOff; });
	};
	const drawDelivery = (entry, words, isBad) => {
		const node = shown.get(entry.id);
		if (!node) return;
		node.querySelector(".state")?.remove();
		if (!words) return;
		const line = el("div", { class: `state${isBad ? " bad" : ""}` }, words);
		if (isBad) line.append(" ", el("button", { type: "button", onclick: () => again(entry.id) }, "Retry"));
		stick(() => node.append(line));
	};
	const awaitReply = (isOn) => {
		clearTimeout(typingTimer);
		typing.hidden = !isOn || (owner !== "" && owner !== "bot");
		if (isOn) typingTimer = setTimeout(() => { typing.hidden = true; }, 15_000);
	};

	// -- the wire
	const call = (method, path, body, options = {}) => {
		const headers = {};
		const { token } = load();
		if (token) headers.Authorization = `Bearer ${token}`;
		if (body) headers["Content-Type"] = "application/json";
		return fetch(base + path, { method, headers, credentials: "omit", cache: "no-store", body: body && JSON.stringify(body), ...options });
	};
	const pause = (tries) => Math.min(30_000, 1000 * 2 ** Math.min(tries, 5)) * (0.7 + Math.random() * 0.6);

	let beginning = null;
	const begin = () => (beginning ??= start().finally(() => { beginning = null; }));
	const start = async () => {
		const who = identity ? `${identity.id}\n${identity.signature}` : "";
		if (load().who !== who) reset(who); // another person at this browser
		const answer = await call("POST", `/chat/${inbox}/sessions`, identity ? { identity } : {});
		if (!answer.ok) throw Object.assign(new Error(await reason(answer)), { status: answer.status });
		const session = await answer.json();
		edit((kept) => { kept.token = session.token; kept.met ||= Date.now(); });
		about = session;
		title.textContent = session.business;
		isReady = true;
		if (!greeting && session.greeting) {
			greeting = session.greeting;
			const hello = bubble({ author: "bot", text: greeting, at: load().met });
			hello.classList.add("first");
			log.prepend(hello);
		}
	};
	const reset = (who) => {
		stream?.abort();
		edit((kept) => { Object.assign(kept, { token: "", who, seen: "", mail: "", push: "", met: 0, queue: [] }); });
		log.replaceChildren();
		shown.clear();
		cursor = owner = greeting = "";
		isReady = false;
		unread = 0;
		drawBadge();
	};
	const forget = () => { isReady = false; edit((kept) => { kept.token = ""; }); };
	const reason = async (answer) => {
		try { return (await answer.json()).error.message; } catch { return "The chat is not available right now."; }
	};

	const listen = async () => {
		clearTimeout(retryTimer);
		if (stream || document.hidden) return; // a hidden tab must not keep a connection
		const own = stream = new AbortController();
		let dog;
		const feed = () => { clearTimeout(dog); dog = setTimeout(() => own.abort(), 40_000); }; // two beats missed
		try {
			if (!isReady) await begin();
			if (own.signal.aborted) throw 0;
			feed();
			const answer = await call("GET", `/chat/stream?after=${cursor}`, null, { signal: own.signal });
			if (answer.status === 401) forget();
			if (!answer.ok) throw new Error(await reason(answer));
			attempt = 0;
			isAway = false;
			drawStatus();
			flush();
			const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
			let rest = "";
			for (;;) {
				const { done, value } = await reader.read();
				if (done) break;
				feed();
				const blocks = (rest + value).split("\n\n");
				rest = blocks.pop();
				blocks.forEach(hear);
			}
		} catch (error) {
			if (error.status < 500 && error.status !== 429) { // trying again will not mend it
				banner.textContent = error.message;
				banner.hidden = false;
				attempt = Infinity;
			}
		}
		clearTimeout(dog);
		if (stream === own) stream = null;
		if (document.hidden || attempt === Infinity || own.signal.reason === "replaced") return;
		attempt += 1;
		isAway = attempt > 1;
		drawStatus();
		retryTimer = setTimeout(listen, attempt === 1 ? 300 : pause(attempt));
	};
	const hear = (block) => {
		const event = {};
		for (const line of block.split("\n")) {
			const at = line.indexOf(": ");
			if (at > 0) event[line.slice(0, at)] = line.slice(at + 2);
		}
		if (event.id) cursor = event.id;
		if (event.event === "typing" || event.event === "seen") extra?.hear(event.event);
		if (event.event === "message") show(JSON.parse(event.data));
		if (event.event === "state") {
			({ owner, status: about.status } = JSON.parse(event.data));
			if (owner && owner !== "bot") awaitReply(false);
			drawStatus();
			extra?.state(owner, about);
		}
	};
	const relisten = () => { stream?.abort("replaced"); stream = null; attempt = 0; listen(); };

	const send = () => (extra || { send: say }).send(input.value);
	const say = (raw, files = []) => {
		const text = raw.trim();
		if (!text && !files.length) return;
		const bytes = crypto.getRandomValues(new Uint8Array(12));
		const entry = { id: Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(""), text, files, at: Date.now() };
		edit((kept) => { kept.queue.push(entry); });
		input.value = "";
		fit();
		draw(entry);
		flush();
	};
	const draw = (entry) => {
		const node = bubble({ ...entry, author: "contact" });
		node.classList.add("waits");
		append(node, true);
		shown.set(entry.id, node);
	};
	const mark = (id, change) => edit((kept) => { kept.queue.forEach((one) => { if (one.id === id) Object.assign(one, change); }); });
	const again = (id) => {
		mark(id, { refused: "" });
		sendAttempt = 0;
		flush();
		if (!stream) relisten();
	};
	const flush = async () => {
		clearTimeout(sendTimer);
		if (isSending) return;
		isSending = true;
		try {
			for (;;) {
				const entry = load().queue.find((one) => !one.sent && !one.refused);
				if (!entry) break;
				drawDelivery(entry, navigator.onLine ? "Sending…" : "Waiting for the network…");
				if (!(await post(entry))) break;
			}
		} finally { isSending = false; }
		drawStatus();
	};
	const post = async (entry) => {
		let answer, wait;
		try {
			if (!load().token) await begin();
			answer = await call("POST", "/chat/messages", { id: entry.id, text: entry.text, files: entry.files });
		} catch { /* no network */ }
		if (answer?.ok) {
			sendAttempt = 0;
			mark(entry.id, { sent: true });
			drawDelivery(entry, "");
			awaitReply(true);
			return true;
		}
		if (answer?.status === 401) forget();
		else if (answer && answer.status < 500 && answer.status !== 429) {
			const why = await reason(answer);
			mark(entry.id, { refused: why });
			drawDelivery(entry, why, true);
			return true; // the next one may pass
		} else wait = Number(answer?.headers.get("Retry-After")) * 1000;
		sendAttempt += 1;
		drawDelivery(entry, navigator.onLine ? "Not sent yet." : "Waiting for the network…", navigator.onLine);
		sendTimer = setTimeout(flush, wait || pause(sendAttempt - 1));
		return false;
	};

	// -- open, close, identify
	const more = () => (loading ??= import(`${base}/widget-more.js`).then((part) => {
		extra = part.extend({ base, script, root, style, el, icon, call, begin, reason, load, edit, say, panel, form, input, log, typing, stick });
		undressed.splice(0).forEach(([node, message]) => extra.dress(node, message));
		extra.look(load().seen);
		extra.state(owner, about);
	}).catch(() => { loading = null; })); // without it the chat still carries words
	const open = (isQuiet) => {
		more();
		panel.hidden = false;
		unread = 0;
		launch.setAttribute("aria-expanded", "true");
		edit((kept) => {
			kept.open = true;
			kept.seen = [...shown.keys()].filter((id) => id.length === 32).concat(kept.seen).sort().pop();
		});
		extra?.look(load().seen);
		drawBadge();
		drawStatus();
		listen();
		log.scrollTop = log.scrollHeight;
		if (isQuiet !== true) input.focus();
	};
	const close = () => {
		panel.hidden = true;
		launch.setAttribute("aria-expanded", "false");
		edit((kept) => { kept.open = false; });
		drawBadge();
		launch.focus();
	};
	const identify = (person) => {
		identity = person || null;
		Promise.resolve(beginning).catch(() => {}).then(() => { isReady = false; relisten(); });
	};

	navigator.serviceWorker?.addEventListener("message", ({ data }) => data?.baton && open());
	addEventListener("online", () => { sendAttempt = 0; relisten(); flush(); drawStatus(); });
	addEventListener("offline", () => { stream?.abort(); drawStatus(); });
	document.addEventListener("visibilitychange", () => {
		if (document.hidden) stream?.abort();
		else if (isReady || !panel.hidden) relisten();
	});

	const mount = () => {
		paint(script.dataset.color);
		document.body.append(host);
		window.Baton = { open, close, identify };
		const kept = load();
		kept.queue.forEach(draw);
		edit((fresh) => { fresh.queue.forEach((one) => { one.sent = false; }); });
		if (location.hash === "#baton-chat" || (kept.open && innerWidth > 520)) open(true); // a reload takes nobody's focus
		else if (kept.token || kept.queue.length) listen();
	};
	if (document.body) mount();
	else addEventListener("DOMContentLoaded", mount);
})();
