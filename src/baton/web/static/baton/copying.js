// Copying what stands in a field: `<button data-copies="id of the field">`.

import { say } from "./say.js";

async function copy(field) {
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    say("Copied.");
  } catch { // without TLS a browser gives no clipboard, or its person forbade it
    field.focus();
    say(document.execCommand("copy") ? "Copied." : "Selected: press Ctrl+C.");
  }
}

export function startCopying() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copies]");
    if (button) copy(document.getElementById(button.dataset.copies));
  });
}
