// Calls a person with no console open. It has a scope without pages: pages are not its business.

const isConsole = (one) => !/^\/(try|t)\//.test(new URL(one.url).pathname); // not a customer's page

const consoles = async () =>
  (await self.clients.matchAll({ type: "window", includeUncontrolled: true })).filter(isConsole);

async function call(told) {
  const open = await consoles();
  if (open.some((one) => one.visibilityState === "visible")) return; // it is said there
  await self.registration.showNotification("Baton", {
    body: told.body,
    tag: told.id,
    silent: told.is_silent,
    data: told,
  });
}

async function lead(page) {
  const [open] = await consoles();
  if (!open) return self.clients.openWindow(page);
  open.postMessage({ page });
  return open.focus();
}

self.addEventListener("push", (event) => {
  let told;
  try {
    told = event.data.json();
  } catch {
    return; // not from us
  }
  if (told?.id && told.body && told.page?.startsWith("/")) event.waitUntil(call(told));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(lead(event.notification.data.page));
});
