// The keyboard: the keys that people know from other inboxes. Codes, not letters: Alt changes those.

import { insertFitting, write } from "./composer.js";
import { openPalette } from "./palette.js";
import { go, openMenu, take } from "./panes.js";
import { undo } from "./undo.js";

const WITH_ALT = {
  KeyJ: () => go(1),
  KeyK: () => go(-1),
  KeyT: () => take(),
  KeyI: () => insertFitting(),
  KeyL: () => write("reply"),
  KeyP: () => write("note"),
  KeyM: () => openMenu("snooze"),
  KeyZ: () => undo(),
  KeyE: (event) => openMenu("resolve", { next: event.ctrlKey || event.metaKey }),
};

function isWriting(target) {
  return target.matches?.("input, textarea, select, [contenteditable]");
}

export function startKeys() {
  document.addEventListener("keydown", (event) => {
    const isMod = event.ctrlKey || event.metaKey;
    if (event.altKey && !event.shiftKey && WITH_ALT[event.code]) {
      if (isMod && event.code !== "KeyE") return;
      event.preventDefault();
      WITH_ALT[event.code](event);
    } else if (isMod && !event.altKey && event.code === "KeyK") {
      event.preventDefault();
      openPalette();
    } else if (event.key === "?" && !isWriting(event.target)) {
      event.preventDefault();
      document.getElementById("keys").showModal();
    }
  });
  document.getElementById("open-keys")?.addEventListener("click", () => {
    document.getElementById("keys").showModal();
  });
}
