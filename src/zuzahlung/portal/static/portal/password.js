// Lets people see the password they type. Before the form goes it is hidden again, so that no browser keeps it as text.

for (const field of document.querySelectorAll("input[type=password]")) begin(field);

function begin(field) {
  const words = field.labels[0]?.firstChild.textContent.trim() ?? "Passwort";
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button-link see no-print";
  const said = document.createElement("span");
  said.className = "hidden-visually";
  said.setAttribute("role", "status");
  field.after(button, said);
  show(false);
  button.addEventListener("click", () => {
    show(field.type === "password");
    said.textContent = field.type === "text" ? "Das Passwort ist zu sehen." : "Das Passwort ist verborgen.";
  });
  field.form?.addEventListener("submit", () => show(false));
  window.addEventListener("pagehide", () => show(false));

  // The words change, so there is no aria-pressed: „Verbergen, gedrückt“ would say the opposite.
  function show(plain) {
    field.type = plain ? "text" : "password";
    const which = document.createElement("span");
    which.className = "hidden-visually";
    which.textContent = `${words}: `;
    button.replaceChildren(which, plain ? "Verbergen" : "Anzeigen");
  }
}
