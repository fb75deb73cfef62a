// Ticking rows of a list: all of a page at once, and how many are ticked. The list may be replaced by htmx.
const boxes = (form) => [...form.querySelectorAll("input[name=key]")];

function tell(form) {
  const count = boxes(form).filter((box) => box.checked).length;
  const told = form.querySelector("[data-ticked]");
  if (told) told.textContent = count ? told.dataset.words.replace("{n}", count) : "";
}

document.addEventListener("change", (event) => {
  const form = event.target.closest("[data-ticks]");
  if (!form) return;
  if (event.target.matches("[data-tick-all]")) for (const box of boxes(form)) box.checked = event.target.checked;
  tell(form);
});
