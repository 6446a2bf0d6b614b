// Watches a running list: puts the new numbers in place, and shows the result when it is there.

const EVERY = 2000;
const shown = document.querySelector("[data-progress]");
if (shown) {
  document.querySelector("[data-by-hand]").hidden = true;
  setTimeout(look, EVERY);
}

async function look() {
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const now = page.querySelector("[data-progress]");
    if (answer.ok && !now) return location.reload();
    if (now) shown.replaceChildren(...now.childNodes);
  } catch {
    // The line is away for a moment: the next look may find it again.
  }
  setTimeout(look, EVERY);
}
