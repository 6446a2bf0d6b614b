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
  let waiting = null;

  say("running", "Sicherheits-Prüfung läuft … Sie können schon weiter ausfüllen.");
  state.hidden = false;
  code.hidden = !hasError;
  other.hidden = hasError;
  solution.value = "";
  other.querySelector("button").addEventListener("click", () => {
    typeInstead();
    typed.focus();
  });
  form.addEventListener("submit", hold, { capture: true });
  solve();

  async function solve() {
    try {
      const answer = await fetch(box.dataset.captcha, { cache: "no-store" });
      if (!answer.ok) throw new Error(answer.status);
      const challenge = await answer.json();
      const found = await work(challenge.parameters);
      solution.value = btoa(JSON.stringify({ challenge, solution: found }));
      other.hidden = true;
      const needless = code.hidden ? "" : " Sie brauchen keinen Code mehr.";
      say("done", `Sicherheits-Prüfung erledigt.${needless}`);
      // A page left open outlives its challenge, so a fresh one is solved a minute before.
      const left = challenge.parameters.data.until * 1000 - Date.now() - 60000;
      setTimeout(solve, Math.max(left, 60000));
      send();
    } catch {
      waiting = null;
      say("failed", "Die Sicherheits-Prüfung ging hier nicht von selbst. Bitte tippen Sie den Code ab.");
      typeInstead();
    }
  }

  function work(parameters) {
    return new Promise((resolve, reject) => {
      const worker = new Worker(box.dataset.worker);
      worker.onmessage = ({ data }) => { worker.terminate(); resolve(data); };
      worker.onerror = reject;
      worker.postMessage(parameters);
    });
  }

  // The sum goes on meanwhile: whoever opens the code and leaves it empty must not fail for that.
  function typeInstead() {
    code.hidden = false;
    other.hidden = true;
  }

  // Sending before the check is done waits for it instead of failing.
  function hold(event) {
    if (solution.value || typed.value.trim() || box.dataset.state === "failed") return;
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
