// The review desk: every answer is one key; the next item stands at once, focus stays on it, and the address says which it is.
import { Canvas } from "./canvas.js";

const desk = document.getElementById("review");
const said = document.getElementById("review-said");
const parts = { item: document.getElementById("review-item"), state: document.getElementById("review-state"), list: document.getElementById("review-list") };
const frame = document.querySelector(".review-canvas");
let busy = false;
let typing = 0;

const canvas = new Canvas(document.querySelector(".atlas-map").atlasMap, describe);

// --- the item on the map ------------------------------------------------------------------------------------------------
function field(name) { return parts.item.querySelector(`[data-answer] [name="${name}"]`); }

function describe({ point, wkt, corners, drawing }) {
  frame.classList.toggle("drawing", Boolean(drawing));
  const spot = parts.item.querySelector("[data-spot]");
  if (!spot) return;
  if (point && written(point) !== pasted) unwrite();
  field("lon").value = point ? point.lng.toFixed(7) : "";
  field("lat").value = point ? point.lat.toFixed(7) : "";
  field("drawn").value = drawing ? "" : wkt;
  const words = [];
  if (point) words.push(`${spot.dataset.point} ${point.lng.toFixed(5)}, ${point.lat.toFixed(5)}`);
  if (corners.length) words.push(`${spot.dataset.drawn} ${corners.length} ${spot.dataset.corners}`);
  spot.textContent = words.join(" · ") || spot.dataset.empty;
  parts.item.querySelector("[data-drawing]").hidden = !drawing;
  parts.item.querySelector('[data-tool="draw"]').setAttribute("aria-pressed", String(drawing));
}

// Pasted coordinates stand on the map at once; a pin that is moved afterwards counts, and they do not any more.
let pasted = "";
let pasting = 0;
function written(point) { return `${point.lng.toFixed(7)},${point.lat.toFixed(7)}`; }
function unwrite() {
  pasted = "";
  if (field("written")) field("written").value = "";
  refuse("");
}

function refuse(words) {
  const box = parts.item.querySelector("[data-written-said]");
  if (!box) return;
  box.textContent = words;
  box.hidden = !words;
  field("written").setAttribute("aria-invalid", String(Boolean(words)));
}

async function place() {
  const box = field("written");
  if (!box?.value.trim()) return refuse("");
  const source = new URL(box.dataset.written, location.href);
  source.search = new URLSearchParams({ written: box.value, datum: field("datum").value });
  const answer = await fetch(source, { headers: { Accept: "application/json" } });
  const told = await answer.json();
  if (box !== field("written")) return;
  refuse(told.said || "");
  if (told.lon === undefined) return;
  const point = L.latLng(told.lat, told.lon);
  pasted = written(point);
  canvas.put(point);
}

function stand() {
  const box = parts.item.querySelector("[data-picture]");
  if (box) canvas.show(JSON.parse(box.dataset.picture));
  else canvas.show({ extent: canvas.map.atlas.extent, spots: [], hints: [], tool: "" });
}

// --- asking and answering -----------------------------------------------------------------------------------------------
async function ask(address, options = {}) {
  if (busy) return;
  busy = true;
  desk.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(address, { ...options, headers: { Accept: "application/json" } });
    const told = await answer.json();
    tell(told.said || "", !answer.ok);
    if (answer.ok) take(told);
  } catch {
    location.reload();
  } finally {
    busy = false;
    desk.removeAttribute("aria-busy");
  }
}

function take(told) {
  for (const [name, box] of Object.entries(parts)) box.innerHTML = told[name];
  const args = new URLSearchParams(location.search);
  if (told.key) args.set("at", told.key); else args.delete("at");
  history.replaceState(null, "", `${location.pathname}?${args}`);
  stand();
  parts.item.querySelector("#review-title")?.focus({ preventScroll: true });
}

function tell(words, bad) {
  said.textContent = words;
  said.classList.toggle("bad", bad);
}

function send(form, button) {
  const data = new FormData(form, button);
  if (button?.dataset.act) data.set("act", button.dataset.act);
  ask(form.action, { method: "POST", body: data });
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches("#review [data-answer]")) {
    event.preventDefault();
    send(form, event.submitter);
  } else if (form.matches("#review [data-search]")) {
    event.preventDefault();
    find(form);
  }
});

desk.addEventListener("click", (event) => {
  const skip = event.target.closest("[data-skip]");
  const open = event.target.closest("[data-open]");
  const tool = event.target.closest("[data-tool]");
  if (skip || open) {
    if (event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const source = new URL(desk.dataset.item, location.href);
    if (skip) source.searchParams.set("after", skip.dataset.skip); else source.searchParams.set("at", open.dataset.open);
    for (const name of ["kind", "county"]) if (desk.dataset[name]) source.searchParams.set(name, desk.dataset[name]);
    ask(source);
    if (open) scrollTo({ top: 0 });
  }
  if (tool?.dataset.tool === "centre") canvas.centre();
  if (tool?.dataset.tool === "draw") canvas.draw(!canvas.drawing);
});

// --- searching ----------------------------------------------------------------------------------------------------------
async function find(form) {
  const source = new URL(form.action);
  source.search = new URLSearchParams(new FormData(form));
  const answer = await fetch(source);
  if (answer.ok) parts.item.querySelector("#review-found").innerHTML = await answer.text();
}
desk.addEventListener("input", (event) => {
  if (event.target.name === "written" || event.target.name === "datum") {
    clearTimeout(pasting);
    pasting = setTimeout(place, 250);
  }
  if (event.target.id !== "f-same") return;
  clearTimeout(typing);
  typing = setTimeout(() => find(event.target.form), 250);
});
// --- keys ---------------------------------------------------------------------------------------------------------------
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const writing = event.target.closest("input, select, textarea");
  if (event.key === "Escape") {
    if (canvas.drawing) canvas.draw(false);
    else if (writing) parts.item.querySelector("#review-title")?.focus({ preventScroll: true });
    return;
  }
  if (writing) return;
  if (canvas.drawing && (event.key === "Enter" || event.key === "Backspace")) {
    event.preventDefault();
    if (event.key === "Backspace") canvas.back(); else finish();
    return;
  }
  if (ARROWS[event.key] && canvas.pin && !event.target.closest(".scroll")) {
    event.preventDefault();
    canvas.nudge(...ARROWS[event.key].map((step) => step * (event.shiftKey ? 5 : 1)));
    return;
  }
  if (event.key === "Enter" && event.target.closest("a, button, summary")) return;
  if (event.key.length === 1 && document.documentElement.dataset.keys === "off") return;
  const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const focus = parts.item.querySelector(`[data-focus="${CSS.escape(name)}"]`);
  const button = parts.item.querySelector(`[data-key="${CSS.escape(name)}"]:not(:disabled)`);
  if (!focus && !button) return;
  event.preventDefault();
  if (focus) focus.focus(); else button.click();
});

function finish() {
  canvas.drawing = false;
  canvas.redraw();
}

stand();
document.documentElement.dataset.reviewReady = "true";
