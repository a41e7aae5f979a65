// Pictures of flows: one wider than the page begins where the flow does, or where a trial stands.

export function startPictures() {
  showPlaces();
  document.addEventListener("htmx:afterSettle", showPlaces);
}

function showPlaces() {
  for (const picture of document.querySelectorAll(".picture")) {
    const place = picture.querySelector(".box.here, .box.last") ?? picture.querySelector(".box.first");
    if (!place) continue;
    middle(picture, place);
    const beside = picture.closest(".trial .beside");
    if (beside) middle(beside, place);
  }
}

function middle(scroller, place) {
  const box = place.getBoundingClientRect();
  const frame = scroller.getBoundingClientRect();
  scroller.scrollLeft += box.left + box.width / 2 - (frame.left + frame.width / 2);
  if (scroller.matches(".beside")) {
    scroller.scrollTop += box.top + box.height / 2 - (frame.top + frame.height / 2);
  }
}
