// Files for a reply: chosen, dropped or pasted; listed, taken out again, and sent with the words.

let chosen = [];
let owner = "";

const field = () => document.getElementById("reply-files");
const list = () => document.getElementById("reply-list");
const size = (bytes) =>
  bytes < 1024 * 1024 ? `${Math.max(1, Math.round(bytes / 1024))} kB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;

function draw() {
  const carried = new DataTransfer();
  for (const file of chosen) carried.items.add(file);
  field().files = carried.files;
  list().replaceChildren(
    ...chosen.map((file, at) => {
      const item = document.createElement("li");
      const name = document.createElement("bdi");
      name.textContent = file.name;
      const remove = document.createElement("button");
      remove.type = "button";
      remove.className = "quiet";
      remove.dataset.at = String(at);
      remove.ariaLabel = `Take ${file.name} out`;
      remove.textContent = "×";
      item.append(name, ` ${size(file.size)} `, remove);
      return item;
    }),
  );
  list().hidden = !chosen.length;
}

function add(files) {
  if (!files?.length || !field()) return false;
  chosen = [...chosen, ...files];
  draw();
  return true;
}

function clear() {
  chosen = [];
  if (field()) draw();
}

export function startAttach() {
  document.addEventListener("change", (event) => {
    if (event.target.id === "reply-files") add([...event.target.files]);
  });
  document.addEventListener("click", (event) => {
    const at = event.target.closest?.("#reply-list button")?.dataset.at;
    if (at !== undefined) {
      chosen.splice(Number(at), 1);
      draw();
      document.getElementById("attach").focus();
    }
    if (event.target.closest?.("#attach")) field().click();
  });
  document.addEventListener("paste", (event) => {
    if (event.target.id === "reply" && add([...event.clipboardData.files])) event.preventDefault();
  });
  document.addEventListener("dragover", (event) => {
    if (event.target.closest?.("#panel-reply") && event.dataTransfer.types.includes("Files")) event.preventDefault();
  });
  document.addEventListener("drop", (event) => {
    if (event.target.closest?.("#panel-reply") && add([...event.dataTransfer.files])) event.preventDefault();
  });
  document.addEventListener("done", (event) => event.detail.act === "reply" && clear());
  document.addEventListener("htmx:xhr:progress", (event) => {
    const state = document.getElementById("reply-state");
    if (!chosen.length || !state || event.target.closest?.("#panel-reply") === null) return;
    const { loaded, total, lengthComputable } = event.detail;
    state.textContent = lengthComputable && loaded < total ? `Sending ${Math.floor((loaded / total) * 100)}%` : "";
  });
  document.addEventListener("htmx:afterSwap", () => {
    const id = document.getElementById("composer")?.dataset.id ?? "";
    if (id !== owner) chosen = []; // files stay with the conversation that they were chosen for
    owner = id;
  });
}
