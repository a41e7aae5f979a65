// Taking back the last deed, also once another conversation is open.

import { say } from "./say.js";

let last = "";

export function undo() {
  const button = document.getElementById("undo");
  if (button) button.click();
  else if (last) window.htmx.ajax("POST", last, { swap: "none", source: document.body });
  else say("There is nothing to undo.");
}

export function startUndo() {
  document.addEventListener("done", (event) => {
    last = event.detail.undo ?? "";
  });
}
