// Hears that something changed, and lets the parts of the page that care fetch themselves again.

import { theyType } from "./typing.js";

const GATHER = 50; // several changes within it are one refresh
const AT_MOST_EVERY = 800;
const WITHOUT_STREAM = 20000;

let waiting = 0;
let last = 0;
let missed = false;

function refresh() {
  waiting = 0;
  if (document.hidden) {
    missed = true;
    return;
  }
  last = Date.now();
  missed = false;
  htmx.trigger(document.body, "changed");
}

function soon() {
  if (waiting) return;
  waiting = setTimeout(refresh, Math.max(GATHER, last + AT_MOST_EVERY - Date.now()));
}

export function startLive() {
  const address = document.body.dataset.live;
  const isWatched = document.querySelector("[hx-trigger~='changed']") || document.body.dataset.alerts;
  if (!address || !isWatched) return;
  let stream;
  let talk;
  const listen = () => {
    talk = document.getElementById("composer")?.dataset.id ?? "";
    stream?.close();
    stream = new EventSource(talk ? `${address}?talk=${talk}` : address);
    // What changed before the stream listened was told to nobody.
    stream.addEventListener("open", soon);
    stream.addEventListener("inbox", soon);
    stream.addEventListener("typing", theyType);
    stream.addEventListener("notice", () => document.dispatchEvent(new Event("notice")));
  };
  listen();
  setInterval(() => {
    if (stream.readyState === EventSource.OPEN) return;
    soon();
    if (stream.readyState === EventSource.CLOSED) listen();
  }, WITHOUT_STREAM);
  document.addEventListener("htmx:afterSwap", () => {
    if (talk !== (document.getElementById("composer")?.dataset.id ?? "")) listen();
  });
  addEventListener("pagehide", () => stream.close());
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && missed) soon();
  });
}
