// What the browser keeps for a person: drafts and the theme. Closed storage is not an error.

export function read(key) {
  try {
    return localStorage.getItem(`baton.${key}`) ?? "";
  } catch {
    return "";
  }
}

export function keep(key, value) {
  try {
    if (value) localStorage.setItem(`baton.${key}`, value);
    else localStorage.removeItem(`baton.${key}`);
  } catch {
    // The text stays in the page.
  }
}

export function forgetDrafts() {
  try {
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith("baton.draft.")) localStorage.removeItem(key);
    }
  } catch {
    // Nothing was kept.
  }
}
