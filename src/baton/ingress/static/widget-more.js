/* What only an open chat needs: files, signs of life. Loaded by widget.js when it is opened first. */
const CSS = `
@keyframes rise { from { opacity: 0; transform: translateY(10px); } }
@media (prefers-reduced-motion: no-preference) { .panel { animation: rise .18s ease-out; } }
.b a { color: inherit; text-decoration: underline; text-underline-offset: 2px; }
.choices { display: flex; flex-wrap: wrap; gap: 8px; margin-top: 8px; }
.choices button { min-height: 36px; padding: 4px 14px; border-radius: 18px; border: 1.5px solid var(--dim); font-weight: 550; }
.typing { padding: 2px 20px 6px; font-size: 13px; color: var(--dim); }
.files { display: grid; gap: 6px; margin-top: 4px; }
.contact .files { justify-items: end; }
.files img { display: block; max-width: 100%; max-height: 240px; border-radius: 14px; border: 1px solid var(--line); background: var(--soft); }
.files video, .files audio { display: block; max-width: 100%; max-height: 240px; border-radius: 14px; }
.files a, .files .absent { display: inline-block; max-width: 100%; overflow-wrap: anywhere; color: inherit; }
.files a:not(.shown), .files .absent { padding: 8px 13px; border: 1px solid var(--line); border-radius: 14px; background: var(--soft); }
.chips { list-style: none; margin: 0; padding: 8px 12px 0; display: grid; gap: 6px; border-top: 1px solid var(--line); }
.chips:empty { display: none; } .chips:not(:empty) ~ form { border-top: 0; }
.chips li { display: grid; grid-template-columns: 1fr auto; align-items: center; gap: 2px 8px; padding: 4px 4px 4px 12px; border: 1px solid var(--line); border-radius: 12px; font-size: 13px; overflow-wrap: anywhere; }
.chips .bad { color: var(--bad); } .chips progress { grid-column: 1 / -1; width: 100%; height: 6px; accent-color: var(--accent); }
.chips button, .panel form .add { width: 36px; height: 36px; border-radius: 10px; display: grid; place-items: center; }
.panel form .add { width: 44px; height: 44px; background: none; color: var(--dim); }
.drop { outline: 3px dashed var(--accent); outline-offset: -6px; }
.panel .ask { flex-wrap: wrap; align-items: center; font-size: 13px; padding: 10px 12px 2px; }
.ask p { margin: 0; flex: 1 0 100%; } .ask .bad { color: var(--bad); flex: 1 0 100%; }
.ask input { font: inherit; font-size: 16px; color: inherit; flex: 1 1 140px; min-width: 0; min-height: 40px; padding: 4px 10px; border: 1px solid var(--dim); border-radius: 10px; background: var(--bg); }
.ask input::placeholder { color: var(--dim); opacity: 1; }
.panel .ask button { width: auto; height: 40px; padding: 0 12px; border-radius: 10px; } .panel .ask .no { background: none; color: var(--text); }
.bell { display: flex; gap: 8px; border-top: 1px solid var(--line); } .bell button:not(.no) { background: var(--accent); color: var(--on-accent); }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.looked { align-self: flex-end; margin: 3px 4px 0; font-size: 12px; color: var(--dim); }`;

export const extend = (kit) => {
	const { el, icon, call, begin, reason, say, panel, form, input, log, typing, stick } = kit;
	kit.style(CSS);

	// -- half a message outlives a reload of its own tab
	const draft = `baton:${kit.script.dataset.inbox}:draft`;
	try {
		if (!input.value) input.value = sessionStorage.getItem(draft) || "";
		sessionStorage.removeItem(draft);
	} catch { /* blocked */ }
	input.style.height = `${input.scrollHeight + 2}px`;
	addEventListener("pagehide", () => {
		try { if (input.value) sessionStorage.setItem(draft, input.value); } catch { /* blocked */ }
	});

	// -- files of a message
	const size = (bytes) => (bytes < 1048576 ? `${Math.max(1, Math.round(bytes / 1024))} kB` : `${(bytes / 1048576).toFixed(1)} MB`);
	const shown = (file) => {
		if (!file.url) return el("span", { class: "absent" }, file.name);
		const link = { href: file.url, target: "_blank", rel: "noopener noreferrer" };
		if (file.is_shown && file.kind === "image") {
			const picture = el("img", { src: file.url, alt: file.name, loading: "lazy", onload: () => { log.scrollTop = log.scrollHeight; } });
			return el("a", { ...link, class: "shown" }, picture);
		}
		if (file.is_shown && file.kind !== "document") return el(file.kind, { src: file.url, controls: "", preload: "metadata", "aria-label": file.name });
		return el("a", link, `${file.name} · ${size(file.size)}`);
	};
	const dress = (node, message) => {
		node.querySelector(".files")?.remove();
		node.append(el("div", { class: "files" }, ...message.files.map(shown)));
	};

	// -- files for a message: kept on the server while it is written
	const chosen = [];
	const told = el("p", { class: "hidden", role: "status" });
	const tell = (words) => { // added, since what is replaced at once is never read out
		told.append(el("span", {}, `${words} `));
		if (told.childElementCount > 4) told.firstChild.remove();
	};
	const chips = el("ul", { class: "chips", "aria-label": "Files to send" });
	const picker = el("input", { type: "file", multiple: "", hidden: "", onchange: () => { add(picker.files); picker.value = ""; } });
	const button = el("button", { type: "button", class: "add", "aria-label": "Add files", onclick: () => picker.click() },
		icon("M20 11l-8 8a5 5 0 0 1-7-7l9-9a3.3 3.3 0 0 1 5 5l-9 9a1.700 1.700 0 0 1-2.500-2.500L15 7"));
	form.before(told, chips);
	input.after(button, picker);

	const remove = (one) => {
		one.request?.abort();
		chosen.splice(chosen.indexOf(one), 1);
		one.chip.remove();
		input.focus();
	};
	const fail = (one, why) => {
		one.bar.remove();
		one.failed = true;
		one.chip.prepend(el("span", { class: "bad" }, `${one.name}: ${why}`));
		one.label.remove();
		tell(`${one.name}: ${why}`);
	};
	const upload = async (one) => {
		try { if (!kit.load().token) await begin(); } catch { return fail(one, "The chat is not available right now."); }
		const request = one.request = new XMLHttpRequest(); // fetch tells no progress
		request.open("POST", `${kit.base}/chat/files`);
		request.setRequestHeader("Authorization", `Bearer ${kit.load().token}`);
		request.upload.onprogress = (event) => { one.bar.value = event.loaded / event.total; };
		request.onerror = () => fail(one, "The network is gone. Please try again.");
		request.onload = () => {
			let body = {};
			try { body = JSON.parse(request.responseText); } catch { /* no answer of ours */ }
			if (request.status !== 201) return fail(one, body.error?.message || "It could not be sent.");
			one.id = body.id;
			one.bar.remove();
			tell(`${one.name} is ready to send.`);
			if (waiting !== null) send(waiting);
		};
		request.send(one.file);
	};
	const add = (files) => {
		for (const file of files) {
			const one = { file, name: file.name || "file", bar: el("progress", { max: "1", value: "0", "aria-label": `Sending ${file.name}` }) };
			one.label = el("span", {}, `${one.name} · ${size(file.size)}`);
			one.chip = el("li", {}, one.label, el("button", { type: "button", "aria-label": `Take ${one.name} out`, onclick: () => remove(one) }, "×"), one.bar);
			chosen.push(one);
			stick(() => chips.append(one.chip));
			upload(one);
		}
		return files.length > 0;
	};
	let waiting = null; // words that wait for their files
	const send = (text) => {
		const sound = chosen.filter((one) => !one.failed);
		if (sound.some((one) => !one.id)) {
			waiting = text;
			tell("Waiting for the file…");
			return;
		}
		waiting = null;
		if (!text.trim() && !sound.length) return;
		[...chosen].forEach((one) => one.chip.remove());
		chosen.length = 0;
		say(text, sound.map(({ id, name }) => ({ id, name })));
	};
	input.addEventListener("paste", (event) => { if (add(event.clipboardData.files)) event.preventDefault(); });
	const carries = (event) => event.dataTransfer?.types.includes("Files");
	panel.addEventListener("dragover", (event) => { if (carries(event)) { event.preventDefault(); panel.classList.add("drop"); } });
	panel.addEventListener("dragleave", () => panel.classList.remove("drop"));
	panel.addEventListener("drop", (event) => {
		panel.classList.remove("drop");
		if (carries(event)) { event.preventDefault(); add(event.dataTransfer.files); }
	});

	// -- signs of life
	const sign = (path, body) => { if (kit.load().token) call("POST", path, body).catch(() => {}); };
	let toldAt = 0, hiding, seen = "";
	const typed = () => {
		if (Date.now() - toldAt < 3000) return;
		toldAt = Date.now();
		sign("/chat/typing", {});
	};
	const look = (id) => {
		if (id <= seen || panel.hidden || document.hidden) return;
		seen = id;
		clearTimeout(look.timer); // a page of them is one sign
		look.timer = setTimeout(() => sign("/chat/seen", { id: seen }), 400);
	};
	const hear = (name) => {
		if (name === "typing") {
			typing.textContent = "A colleague is writing…";
			stick(() => { typing.hidden = false; });
			clearTimeout(hiding);
			hiding = setTimeout(() => { typing.hidden = true; }, 6000);
		}
		const own = [...log.querySelectorAll(".m")].pop();
		if (name === "seen" && own?.matches(".contact:not(.waits)")) {
			log.querySelector(".looked")?.remove();
			own.append(el("div", { class: "looked" }, "Seen"));
		}
	};
	// -- where to be answered once one has left
	let asked = null, isOffered = false;
	const state = (owner, about) => {
		if (about.push_key && !isOffered && log.querySelector(".contact")) { // who has said something may want to hear
			isOffered = true;
			import(`${kit.base}/widget-push.js`).then((part) => part.offer({ ...kit, tell }, about, (row) => stick(() => chips.before(row)))).catch(() => {});
		}
		askForMail(owner, about);
	};
	const askForMail = (owner, about) => { // once a person is to answer: that may take a while
		const isOver = about.status === "resolved" || owner === "bot";
		if (asked?.isConnected && isOver) { // nobody is waited for any more
			stick(() => asked.remove());
			asked = null;
		}
		if (isOver || asked || !about.email_wording || kit.load().mail || !["queue", "async", "agent"].includes(owner)) return;
		const mail = el("input", { type: "email", required: "", maxlength: "254", autocomplete: "email", placeholder: "you@example.com", "aria-label": "Your email" });
		const wrong = el("span", { class: "bad", role: "alert" });
		const close = (kept) => {
			kit.edit((memory) => { memory.mail = kept; });
			const hadFocus = asked.contains(kit.root.activeElement);
			stick(() => asked.remove());
			if (hadFocus) input.focus();
		};
		asked = el("form", { class: "ask", onsubmit: async (event) => {
			event.preventDefault();
			let answer;
			try { answer = await call("POST", "/chat/email", { email: mail.value }); } catch { /* no network */ }
			if (answer?.ok) {
				close("kept");
				tell("Thank you, your email is kept.");
			} else wrong.textContent = answer ? await reason(answer) : "The network is gone. Please try again.";
		} }, el("p", {}, about.email_wording), mail, el("button", { type: "submit" }, "Keep"),
		el("button", { type: "button", class: "no", onclick: () => close("no") }, "No, thanks"), wrong);
		stick(() => chips.before(asked));
	};
	return { dress, send, typed, look, hear, state };
};
