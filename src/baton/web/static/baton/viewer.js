// Pictures of a transcript, one after the other at full size; each that is shown is a logged opening.

let pictures = [];
let at = 0;

const viewer = () => document.getElementById("viewer");

function show(place) {
  at = (place + pictures.length) % pictures.length;
  const link = pictures[at];
  const name = link.querySelector("img").alt;
  const picture = viewer().querySelector("img");
  picture.src = link.href;
  picture.alt = name;
  viewer().querySelector(".name").textContent = name;
  viewer().querySelector(".place").textContent = `${at + 1} of ${pictures.length}`;
  viewer().querySelector("[download]").href = `${link.href}?save`;
  for (const step of viewer().querySelectorAll("[data-step]")) step.disabled = pictures.length < 2;
}

function open(event) {
  const link = event.target.closest?.(".file .shown");
  const isPlain = !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0;
  if (!link || !isPlain || !viewer()) return;
  event.preventDefault();
  pictures = [...document.querySelectorAll(".file .shown")];
  show(pictures.indexOf(link));
  viewer().showModal();
}

export function startViewer() {
  document.addEventListener("click", (event) => {
    open(event);
    const step = event.target.closest?.("#viewer [data-step]");
    if (step) show(at + Number(step.dataset.step));
    if (event.target === viewer() || event.target.closest?.("#viewer [data-close]")) viewer().close();
  });
  document.addEventListener("keydown", (event) => {
    if (!viewer()?.open) return;
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step && pictures.length > 1) {
      event.preventDefault();
      show(at + step);
    }
  });
}
