// Short messages at the bottom of the page, read out by screen readers.

let timer = 0;

export function say(words) {
  const place = document.getElementById("said");
  if (!place) return;
  place.textContent = words;
  place.classList.add("shown");
  clearTimeout(timer);
  timer = setTimeout(() => place.classList.remove("shown"), 3500);
}
