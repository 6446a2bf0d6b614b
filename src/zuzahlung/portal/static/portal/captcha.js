// Lets the browser do the security check of a form by itself; the displayed code stays as the other way.

const box = document.querySelector("[data-captcha]");
if (box) begin(box);

function begin(box) {
  const form = box.closest("form");
  const solution = form.querySelector("[name$=solution]");
  const state = box.querySelector("[data-captcha-state]");
  const other = box.querySelector("[data-captcha-other]");
  const code = box.querySelector("[data-captcha-code]");
  const typed = code.querySelector("input");
  const hasError = typed.getAttribute("aria-invalid") === "true";
  let worker = null;
  let again = 0;
  let waiting = null;
  let byHand = false;

  say("running", "Sicherheits-Prüfung läuft … Sie können schon weiter ausfüllen.");
  state.hidden = false;
  code.hidden = !hasError;
  other.hidden = hasError;
  solution.value = "";
  other.querySelector("button").addEventListener("click", () => typeInstead(true));
  form.addEventListener("submit", hold, { capture: true });
  solve();

  async function solve() {
    try {
      const answer = await fetch(box.dataset.captcha, { cache: "no-store" });
      if (!answer.ok) throw new Error(answer.status);
      const challenge = await answer.json();
      const found = await work(challenge.parameters);
      if (byHand) return;
      solution.value = btoa(JSON.stringify({ challenge, solution: found }));
      say("done", "Sicherheits-Prüfung erledigt.");
      // A page left open outlives its challenge, so a fresh one is solved a minute before.
      const left = challenge.parameters.data.until * 1000 - Date.now() - 60000;
      again = setTimeout(solve, Math.max(left, 60000));
      send();
    } catch {
      say("failed", "Die Sicherheits-Prüfung ging hier nicht von selbst. Bitte tippen Sie den Code ab.");
      typeInstead(false);
    }
  }

  function work(parameters) {
    return new Promise((resolve, reject) => {
      worker = new Worker(box.dataset.worker);
      worker.onmessage = ({ data }) => { worker.terminate(); resolve(data); };
      worker.onerror = reject;
      worker.postMessage(parameters);
    });
  }

  function typeInstead(byChoice) {
    byHand = true;
    worker?.terminate();
    clearTimeout(again);
    solution.value = "";
    code.hidden = false;
    other.hidden = true;
    if (byChoice) {
      state.hidden = true;
      typed.focus();
    }
    waiting = null;
  }

  // Sending before the check is done waits for it instead of failing.
  function hold(event) {
    if (solution.value || !code.hidden) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    waiting = event.submitter ?? true;
    say("running", "Sicherheits-Prüfung läuft noch … Danach wird das Formular von selbst gesendet.");
  }

  function send() {
    if (!waiting) return;
    const button = waiting === true ? undefined : waiting;
    waiting = null;
    form.requestSubmit(button);
  }

  function say(name, words) {
    box.dataset.state = name;
    state.textContent = words;
  }
}
