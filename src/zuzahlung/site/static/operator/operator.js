// What script adds to the operator's lists, which work without it: one box chooses all rows of the page.

const all = document.getElementById("action-toggle");
if (all) {
  const boxes = document.querySelectorAll("input.action-select");
  all.hidden = false;
  all.addEventListener("change", () => boxes.forEach((box) => (box.checked = all.checked)));
  boxes.forEach((box) =>
    box.addEventListener("change", () => (all.checked = [...boxes].every((one) => one.checked))),
  );
}
