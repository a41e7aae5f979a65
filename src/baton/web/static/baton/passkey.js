// Passkeys: a form with `data-passkey` gets a credential of this device, then sends itself.
// "make" makes one by the options on the page, "prove" proves one by them, "enter" asks for them.

import { toBytes, toText } from "./bytes.js";

function decoded(options) {
  const told = options.publicKey;
  told.challenge = toBytes(told.challenge);
  if (told.user) told.user.id = toBytes(told.user.id);
  for (const name of ["excludeCredentials", "allowCredentials"]) {
    for (const one of told[name] ?? []) one.id = toBytes(one.id);
  }
  return { publicKey: told };
}

function encoded(credential) {
  const response = { clientDataJSON: toText(credential.response.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = toText(credential.response[name]);
  }
  return {
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    response,
    clientExtensionResults: credential.getClientExtensionResults(),
  };
}

async function credentialFor(form) {
  if (form.dataset.passkey === "enter") {
    const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
    return navigator.credentials.get(decoded((await answer.json()).request_options));
  }
  const told = JSON.parse(document.getElementById("passkey-options").textContent);
  if (form.dataset.passkey === "prove") {
    return navigator.credentials.get(decoded(told.request_options));
  }
  const options = decoded(told.creation_options);
  // Of itself enough to come in: it is kept by the device, and asks for its PIN or a finger.
  options.publicKey.authenticatorSelection = {
    residentKey: "required",
    requireResidentKey: true,
    userVerification: "required",
  };
  return navigator.credentials.create(options);
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential) continue;
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const problem = form.querySelector("[role=alert]");
    problem.textContent = "";
    try {
      form.elements.credential.value = JSON.stringify(encoded(await credentialFor(form)));
      form.submit();
    } catch {
      problem.textContent = "That did not work, or was called off. Try again.";
    }
  });
}
