// What script adds to pages that work without it: focus on errors, print, copy, one click sends once.

// A page that comes after sending begins with what became of it; nothing else would be read out.
const outcome = document.getElementById("fehler") ?? document.querySelector("[data-message]");
if (outcome) outcome.focus();

for (const menu of document.querySelectorAll("details.menu")) {
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

for (const button of document.querySelectorAll("[data-copy]")) {
  const source = document.getElementById(button.dataset.copy);
  const said = document.createElement("span");
  said.setAttribute("role", "status");
  if (!source || !navigator.clipboard) continue;
  button.after(said);
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(source.textContent.trim());
      said.textContent = "Kopiert.";
    } catch {
      said.textContent = "Kopieren ging nicht. Bitte markieren Sie den Text und kopieren Sie ihn von Hand.";
    }
  });
}

// The second click on a slow line must not send a second time; another script may have stopped the first.
const QUIET_FOR = 5000;
for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    event.submitter?.setAttribute("aria-disabled", "true");
    setTimeout(() => release(form), QUIET_FOR);
  });
}
window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(release));

function release(form) {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("[aria-disabled]")) button.removeAttribute("aria-disabled");
}
