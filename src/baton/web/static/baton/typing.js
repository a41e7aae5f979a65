// Who is writing: the contact to us, and we to the contact.

const SHOWN = 6000; // a sign every few seconds keeps it up
const TELL_EVERY = 4000;

let hiding = 0;
let told = 0;

export function theyType() {
  const place = document.getElementById("typing");
  if (!place) return;
  place.hidden = false;
  clearTimeout(hiding);
  hiding = setTimeout(() => (place.hidden = true), SHOWN);
}

export function startTyping() {
  document.addEventListener("input", (event) => {
    const conversation = document.getElementById("composer")?.dataset.id;
    const isMine = document.getElementById("owner")?.dataset.mine === "true";
    if (event.target.id !== "reply" || !isMine || Date.now() - told < TELL_EVERY) return;
    told = Date.now();
    const headers = { "Content-Type": "application/json" };
    const body = JSON.stringify({ conversation });
    fetch("/live/typing", { method: "POST", headers, body }).catch(() => {}); // it is only a sign
  });
}
