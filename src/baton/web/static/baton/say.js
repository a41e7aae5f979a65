// Short messages at the bottom of the page, read out by screen readers; one may offer a deed.

let timer = 0;

export function say(words, offer) {
  const place = document.getElementById("said");
  if (!place) return;
  place.textContent = words;
  if (offer) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "offer";
    button.textContent = offer.words;
    button.addEventListener("click", offer.run);
    place.append(" ", button);
  }
  place.classList.add("shown");
  clearTimeout(timer);
  timer = setTimeout(() => place.classList.remove("shown"), offer ? 10000 : 3500);
}
