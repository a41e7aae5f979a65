/* The trial page: copies the line that embeds the widget. */
document.getElementById("copy").addEventListener("click", async () => {
	const snippet = document.getElementById("snippet");
	const said = document.getElementById("copied");
	try {
		await navigator.clipboard.writeText(snippet.textContent);
		said.textContent = "Copied.";
	} catch {
		getSelection().selectAllChildren(snippet);
		said.textContent = "Selected: press Ctrl+C.";
	}
});
