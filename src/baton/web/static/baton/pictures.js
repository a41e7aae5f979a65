// Pictures of flows: one wider than the page begins where the flow does.

export function startPictures() {
  for (const picture of document.querySelectorAll(".picture")) {
    const first = picture.querySelector(".box.first");
    if (!first) continue;
    const box = first.getBoundingClientRect();
    const frame = picture.getBoundingClientRect();
    picture.scrollLeft += box.left + box.width / 2 - (frame.left + frame.width / 2);
  }
}
