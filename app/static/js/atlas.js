// What every page needs: the navigation on a phone, the type size, forms that answer when changed, where the focus goes.
const root = document.documentElement;
const SIZE = "atlas.size";

function remember(size) {
  root.dataset.size = size;
  try { localStorage.setItem(SIZE, size); } catch { /* private window: the choice lasts for this page */ }
  document.querySelectorAll("[data-size-switch]").forEach((b) => b.setAttribute("aria-pressed", String(size === "large")));
  window.dispatchEvent(new Event("resize"));
}

document.addEventListener("click", (event) => {
  const toggle = event.target.closest("[data-nav-toggle]");
  if (toggle) {
    const open = document.querySelector(".masthead").classList.toggle("open");
    toggle.setAttribute("aria-expanded", String(open));
  }
  if (event.target.closest("[data-size-switch]")) remember(root.dataset.size === "large" ? "normal" : "large");
  if (event.target.closest("[data-print]")) window.print();
  document.querySelectorAll(MENUS).forEach((box) => { if (!box.contains(event.target)) box.open = false; });
});

// Keys of a single letter can be switched off, as speech input types letters that nobody meant (WCAG 2.1.4).
const KEYS = "atlas.keys";
function letters(on) {
  root.dataset.keys = on ? "on" : "off";
  document.querySelectorAll("[data-keys-switch]").forEach((box) => { box.checked = on; });
}
let keyed = "on";
try { keyed = localStorage.getItem(KEYS) || "on"; } catch { /* as above */ }
letters(keyed !== "off");

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-keys-switch]")) {
    letters(event.target.checked);
    try { localStorage.setItem(KEYS, root.dataset.keys); } catch { /* as above */ }
  }
  if (event.target.matches("[data-submit-on-change]")) event.target.form.requestSubmit();
});

// The address may have changed since the page was made: what is kept is what is shown.
document.addEventListener("submit", (event) => {
  const state = event.target.querySelector("[data-state]");
  if (state) state.value = location.search.slice(1);
}, true);
const MENUS = ".menu[open], .whoami[open]";
document.addEventListener("keydown", (event) => {
  const box = event.key === "Escape" && event.target.closest(`.saved[open], ${MENUS}`);
  if (!box) return;
  event.stopPropagation();
  box.open = false;
  box.querySelector("summary").focus();
}, true);

let saved = "normal";
try { saved = localStorage.getItem(SIZE) || "normal"; } catch { /* as above */ }
if (saved === "large") remember("large");

// Empty fields of a filter say nothing: keep them out of the address; towns of another county neither.
document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.triggeringEvent?.target?.name === "county") event.detail.formData.delete("town");
  for (const [name, value] of [...event.detail.formData.entries()]) if (value === "") event.detail.formData.delete(name);
});
document.addEventListener("formdata", (event) => {
  if (event.target.method !== "get") return;
  for (const [name, value] of [...event.formData.entries()]) if (value === "") event.formData.delete(name);
});
