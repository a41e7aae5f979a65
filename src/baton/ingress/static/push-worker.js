/* Shows notifications while no page is open. On a site of its own: importScripts("https://host/push-worker.js"); */
"use strict";

const tell = (told, state) => fetch(told.told, {
	method: "POST", mode: "no-cors", credentials: "omit", keepalive: true,
	body: JSON.stringify({ id: told.id, proof: told.proof, state }),
}).catch(() => {}); // shown all the same

self.addEventListener("push", (event) => {
	let told;
	try { told = event.data.json(); } catch { return; } // not from us
	if (!told?.id || !told.title) return;
	const shown = self.registration.showNotification(told.title, { body: told.body, tag: told.id, data: told, dir: "auto" });
	event.waitUntil(shown.then(() => tell(told, "shown")));
});

const bare = (url) => url.split("#")[0];

const lead = async (page) => {
	const open = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
	const there = open.find((one) => bare(one.url) === bare(page));
	if (!there) return self.clients.openWindow(`${bare(page)}#baton-chat`);
	there.postMessage({ baton: "open" });
	return there.focus();
};

self.addEventListener("notificationclick", (event) => {
	const told = event.notification.data;
	if (!told?.page) return;
	event.notification.close();
	event.waitUntil(Promise.all([lead(told.page), tell(told, "opened")]));
});
