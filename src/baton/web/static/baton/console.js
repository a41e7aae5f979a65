// The console's behaviour: each part in a file of its own.

import { startApprovals } from "./approvals.js";
import { startAlerts } from "./alerts.js";
import { startCalling } from "./calling.js";
import { startAttach } from "./attach.js";
import { startClocks } from "./clock.js";
import { startComposer } from "./composer.js";
import { startCopying } from "./copying.js";
import { startKeys } from "./keys.js";
import { startLive } from "./live.js";
import { startPalette } from "./palette.js";
import { startPanes } from "./panes.js";
import { startPictures } from "./pictures.js";
import { startReview } from "./review.js";
import { keep } from "./store.js";
import { startTyping } from "./typing.js";
import { startViewer } from "./viewer.js";
import { startUndo } from "./undo.js";

function changeTheme() {
  const root = document.documentElement;
  const isDark = root.dataset.theme
    ? root.dataset.theme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = isDark ? "light" : "dark";
  keep("theme", root.dataset.theme);
}

// Where a row of links scrolls, on a telephone, the one that is open stands in its middle.
function showCurrent() {
  for (const here of document.querySelectorAll(".subnav.long [aria-current]")) {
    const row = here.closest(".subnav");
    row.scrollLeft = here.offsetLeft - row.offsetLeft - (row.clientWidth - here.offsetWidth) / 2;
  }
}

document.getElementById("theme")?.addEventListener("click", changeTheme);
showCurrent();
startPanes();
startUndo();
startComposer();
startApprovals();
startAttach();
startTyping();
startCopying();
startPalette();
startKeys();
startClocks();
startReview();
startPictures();
startViewer();
startAlerts();
startCalling();
startLive();
