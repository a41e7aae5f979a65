// What was proposed has left its form: the form is empty and closed again. What was asked for
// before the close is asked for no more once it is told.

export function startApprovals() {
  document.addEventListener("done", (event) => {
    if (event.detail.act === "retention") {
      document.querySelector("#retention-title .chip")?.remove();
      return;
    }
    if (event.detail.act !== "propose") return;
    const fold = document.getElementById("propose");
    if (!fold) return;
    fold.querySelector("form").reset();
    fold.open = false;
    fold.querySelector("summary").focus();
  });
}
