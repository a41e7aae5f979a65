// What was proposed has left its form: the form is empty and closed again.

export function startApprovals() {
  document.addEventListener("done", (event) => {
    if (event.detail.act !== "propose") return;
    const fold = document.getElementById("propose");
    if (!fold) return;
    fold.querySelector("form").reset();
    fold.open = false;
    fold.querySelector("summary").focus();
  });
}
