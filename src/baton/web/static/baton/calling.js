// Lets a browser call its person with no console open, and keeps that so while they are signed in.

import { toBytes, toText } from "./bytes.js";
import { keep, read } from "./store.js";

const WORKER = new URL("./call-worker.js", import.meta.url).pathname;
const SCOPE = new URL("./", import.meta.url).pathname;

const isAble = () => "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
const wish = () => `calls.${document.body.dataset.person}`;

const active = (registration) =>
  new Promise((resolve, reject) => {
    const worker = registration.active || registration.waiting || registration.installing;
    const look = () => {
      if (worker.state === "activated") resolve(registration);
      if (worker.state === "redundant") reject(new Error("The browser did not keep what calls you."));
    };
    worker.addEventListener("statechange", look);
    look();
  });

async function tell(subscription) {
  const told = new URLSearchParams({
    endpoint: subscription.endpoint,
    p256dh: toText(subscription.getKey("p256dh")),
    auth: toText(subscription.getKey("auth")),
    key: toText(subscription.options.applicationServerKey),
  });
  const headers = JSON.parse(document.body.getAttribute("hx-headers"));
  const answer = await fetch("/notices/browsers", { method: "POST", headers, body: told });
  if (!answer.ok) throw new Error("Baton did not take this browser. Please try again.");
}

async function permit(key) {
  if ((await Notification.requestPermission()) !== "granted") return false;
  const registration = await active(await navigator.serviceWorker.register(WORKER, { scope: SCOPE }));
  await (await registration.pushManager.getSubscription())?.unsubscribe(); // of another key
  const asked = { userVisibleOnly: true, applicationServerKey: toBytes(key) };
  await tell(await registration.pushManager.subscribe(asked));
  keep(wish(), "on");
  return true;
}

async function goOn() {
  const registration = await navigator.serviceWorker.getRegistration(SCOPE);
  const subscription = await registration?.pushManager.getSubscription();
  if (subscription) await tell(subscription);
}

function standing(problem) {
  if (!isAble()) return "This browser can call you only while Baton is open.";
  if (problem) return problem;
  if (Notification.permission === "denied")
    return "This browser was told to show no notifications: allow them in its settings for this site.";
  if (document.body.dataset.called) return "This browser calls you.";
  return Notification.permission === "granted" ? "This browser calls you only while Baton is open." : "";
}

function draw(problem = "") {
  const button = document.getElementById("call-here");
  if (!button) return;
  document.getElementById("permission").textContent = standing(problem);
  button.hidden = !isAble() || Notification.permission === "denied" || Boolean(document.body.dataset.called);
}

export function heardCalled(isCalled) {
  if (isCalled || !document.body.dataset.called) return;
  delete document.body.dataset.called; // ended in another browser, or by this one
  keep(wish(), "");
}

export function startCalling() {
  const button = document.getElementById("call-here");
  button?.addEventListener("click", async () => {
    try {
      if (await permit(button.dataset.key)) location.reload();
      else draw();
    } catch (error) {
      const isAway = error.name === "AbortError";
      draw(isAway ? "The browser could not reach its notification service: it calls you only while Baton is open." : error.message);
    }
  });
  document.addEventListener("submit", (event) => {
    if (event.target.id === "call-no-more") keep(wish(), "");
  });
  navigator.serviceWorker?.addEventListener("message", (event) => {
    if (event.data?.page?.startsWith("/")) location.assign(event.data.page);
  });
  draw();
  // Whoever signs in again in a browser that called them is called there again.
  const isWanted = isAble() && read(wish()) && !document.body.dataset.called;
  if (isWanted && Notification.permission === "granted") goOn().catch(() => {});
}
