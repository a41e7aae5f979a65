// Runs before the page is painted, so that a chosen theme does not flash.
(() => {
  try {
    const chosen = localStorage.getItem("baton.theme");
    if (chosen) document.documentElement.dataset.theme = chosen;
  } catch {
    // Storage may be closed to us; the system's theme serves then.
  }
})();
