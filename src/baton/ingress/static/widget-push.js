/* Notifications: offered in the chat, asked for by one click, ended by another. */

const SCOPE = "/baton-push/"; // a scope without pages: a worker of the site's own stays in its place

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

const active = (registration) => new Promise((resolve, reject) => {
	const worker = registration.active || registration.waiting || registration.installing;
	const look = () => {
		if (worker.state === "activated") resolve(registration);
		if (worker.state === "redundant") reject(new Error("no worker"));
	};
	worker.addEventListener("statechange", look);
	look();
});

export const offer = (kit, about, place) => {
	const { el, call, reason, load, edit, tell } = kit;
	const url = kit.script.dataset.worker || (kit.base === location.origin ? `${kit.base}/push-worker.js` : "");
	if (!url || !about.push_key || !("PushManager" in window) || !navigator.serviceWorker || Notification.permission === "denied") return;

	const row = el("div", { class: "ask bell" });
	const wrong = el("span", { class: "bad", role: "alert" });
	const draw = (...children) => {
		const hadFocus = row.contains(kit.root.activeElement);
		row.replaceChildren(...children, wrong);
		if (hadFocus) (row.querySelector("button") || kit.input).focus();
	};
	const fail = (why) => { wrong.textContent = why; };

	const subscription = async () => {
		const found = await navigator.serviceWorker.getRegistration(SCOPE);
		return found?.pushManager.getSubscription();
	};
	const send = async (one) => {
		const told = {
			endpoint: one.endpoint, p256dh: text(one.getKey("p256dh")), auth: text(one.getKey("auth")),
			key: about.push_key, page: location.origin + location.pathname,
		};
		const answer = await call("POST", "/chat/push", told);
		if (!answer.ok) throw new Error(await reason(answer));
		edit((kept) => { kept.push = about.push_key; });
	};
	const permit = async () => {
		fail("");
		if (await Notification.requestPermission() !== "granted") {
			row.remove();
			return;
		}
		try {
			const registration = await active(await navigator.serviceWorker.register(url, { scope: SCOPE }));
			await (await registration.pushManager.getSubscription())?.unsubscribe(); // of another key, or of somebody else
			await send(await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(about.push_key) }));
			drawOn();
			tell("Notifications are on.");
		} catch (error) {
			fail(error.name === "AbortError" ? "Your browser could not reach its notification service." : error.message || "It did not work. Please try again.");
		}
	};
	const end = async () => {
		fail("");
		try {
			const answer = await call("POST", "/chat/push/end", {});
			if (!answer.ok) throw new Error(await reason(answer));
			await (await subscription())?.unsubscribe();
			edit((kept) => { kept.push = ""; });
			drawOff();
			tell("Notifications are off.");
		} catch (error) { fail(error.message); }
	};
	const drawOff = () => draw(el("p", {}, about.push_wording),
		el("button", { type: "button", onclick: permit }, "Notify me"),
		el("button", { type: "button", class: "no", onclick: () => { edit((kept) => { kept.push = "no"; }); row.remove(); } }, "No, thanks"));
	const drawOn = () => draw(el("p", {}, "You are notified here."), el("button", { type: "button", class: "no", onclick: end }, "Turn off"));

	const begin = async () => {
		const { push } = load();
		if (push === "no") return;
		const known = await subscription().catch(() => null);
		const isOn = Notification.permission === "granted" && known && push;
		if (known && !push) await known.unsubscribe().catch(() => {}); // of who sat here before
		place(row);
		if (!isOn) return drawOff();
		drawOn();
		if (push !== about.push_key) await permit(); // the keys were changed: said yes already
	};
	begin().catch(() => {});
};
