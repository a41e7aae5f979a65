// Counts promises down between refreshes, on the server's time.

const SECOND = 1000;
const offset = Date.parse(document.body.dataset.now ?? "") - Date.now() || 0;

function span(seconds) {
  if (seconds < 3600) return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  if (seconds < 86400) {
    const minutes = Math.floor((seconds % 3600) / 60);
    return `${Math.floor(seconds / 3600)} h ${String(minutes).padStart(2, "0")}`;
  }
  return `${Math.floor(seconds / 86400)} d`;
}

function tick() {
  const now = Date.now() + offset;
  for (const clock of document.querySelectorAll("time[data-due]")) {
    const left = Math.floor((Date.parse(clock.dataset.due) - now) / SECOND);
    const words = left > 0 ? `${span(left)} left` : `${span(-left)} overdue`;
    if (clock.textContent !== words) clock.textContent = words;
    clock.classList.toggle("over", left <= 0);
    clock.classList.toggle("soon", left > 0 && left < 600);
    clock.classList.toggle("fine", left >= 600);
  }
}

export function startClocks() {
  setInterval(tick, SECOND);
}
