// Calls a person to what they chose to be called for: a sound, and a notification if they look away.

import { heardCalled } from "./calling.js";
import { keep, read } from "./store.js";
import { say } from "./say.js";

const LAST = "alerted"; // shared by all tabs of a browser, so that one of them calls

function beep() {
  try {
    const audio = new AudioContext();
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    volume.gain.setValueAtTime(0.15, audio.currentTime);
    volume.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + 0.4);
    tone.frequency.value = 660;
    tone.connect(volume).connect(audio.destination);
    tone.onended = () => audio.close();
    tone.start();
    tone.stop(audio.currentTime + 0.4);
  } catch {
    // A browser that plays nothing before the first click still shows the words.
  }
}

function show(alert, isCalled) {
  say(alert.words);
  if (isCalled || !document.hidden || globalThis.Notification?.permission !== "granted") return;
  const shown = new Notification("Baton", { body: alert.words, tag: alert.id });
  shown.addEventListener("click", () => {
    focus();
    location.assign(alert.url);
  });
}

function showCount(place, unseen) {
  const count = document.createElement("span");
  count.className = "count";
  const words = document.createElement("span");
  words.className = "hidden";
  words.textContent = " not seen";
  count.append(String(unseen), words);
  place.replaceChildren(...(unseen ? [" ", count] : []));
}

async function look() {
  const answer = await fetch(`/notices/fresh?after=${encodeURIComponent(read(LAST))}`);
  if (!answer.ok) return;
  const told = await answer.json();
  for (const place of document.querySelectorAll(".unseen")) showCount(place, told.unseen);
  heardCalled(told.called);
  const fresh = told.alerts.filter((one) => one.id > read(LAST));
  if (!fresh.length) return;
  keep(LAST, fresh.at(-1).id);
  for (const one of fresh) show(one, told.called);
  if (told.sound && !(told.called && document.hidden)) beep(); // the notification has its own
}

export function startAlerts() {
  document.addEventListener("notice", look);
}
