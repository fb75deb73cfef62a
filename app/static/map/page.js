// The map page: a change of a control fetches the new picture, a click opens what lies there; the address always says what is shown.
import * as inview from "./inview.js";
import * as shapes from "./shape.js";

const page = document.getElementById("map-page");
const box = document.getElementById("map-inview");
const form = document.getElementById("map-form");
const side = document.getElementById("map-side");
const map = document.querySelector(".atlas-map").atlasMap;
const PLACES = { head: "map-head", legend: "map-legend", side: "map-side", filters: "map-filters" };
let running = null;
let quiet = false; // the map moves because the address says so, not the other way round

form.classList.add("with-script");
const toggle = document.querySelector(".map-toggle"); // on a phone the map comes first and its controls unfold
toggle.addEventListener("click", () => toggle.setAttribute("aria-expanded", String(form.classList.toggle("open"))));

// --- the address --------------------------------------------------------------------------------------------------------
// A list in the address may hold several values of a field that shows the first: they stay until that field is changed.
function asked() {
  const args = new URLSearchParams(), here = current();
  for (const [name, value] of new FormData(form)) {
    const kept = here.getAll(name);
    if (value) for (const each of kept.length > 1 && kept[0] === value ? kept : [value]) args.append(name, each);
  }
  return args;
}

function address(args) {
  const here = current();
  for (const name of ["shape", "on"]) if (here.has(name) && !args.has(name)) args.set(name, here.get(name));
  const moved = args.getAll("county").join() !== here.getAll("county").join();
  if (here.has("view") && !args.has("view") && !moved) args.set("view", here.get("view"));
  return `${location.pathname}?${args}`;
}

function current() {
  return new URLSearchParams(location.search);
}

// --- fetching -----------------------------------------------------------------------------------------------------------
async function get(address, kind) {
  running?.abort();
  running = new AbortController();
  page.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(address, { signal: running.signal, headers: { Accept: kind === "json" ? "application/json" : "text/html" } });
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
    return await answer[kind]();
  } catch (error) {
    if (error.name === "AbortError") return null;
    location.reload();
    return null;
  } finally {
    page.removeAttribute("aria-busy");
  }
}

// The day may stand in the address of the page's markup already; the arguments say it again, so they replace it.
function source(name, args) {
  const found = new URL(page.dataset[name], location.href);
  found.search = args;
  return found;
}

// Markup is about to be replaced: what is returned puts the focus where it was, or at the head of the part it was in.
const MARKS = ["data-at", "data-drop", "data-shape", "data-measure", "data-filter-undo", "href"];
function holding() {
  const focused = document.activeElement, part = Object.values(PLACES).find((id) => document.getElementById(id).contains(focused));
  if (!part) return () => {};
  const mark = MARKS.find((name) => focused.hasAttribute(name)), value = mark && focused.getAttribute(mark);
  return () => {
    if (document.activeElement !== document.body && document.activeElement?.isConnected) return;
    const box = document.getElementById(part);
    const same = (focused.id && document.getElementById(focused.id)) || (mark && box.querySelector(`[${mark}="${CSS.escape(value)}"]:not([disabled])`));
    land(same || box.querySelector("summary, h1, h2"));
  };
}

// Give the focus to something that may be no control: a heading says where one is now.
function land(target) {
  if (!target) return;
  if (target.matches("h1, h2")) target.tabIndex = -1;
  target.focus({ preventScroll: target.matches("h1") });
}

async function redraw() {
  const args = current();
  const part = await get(source("part", args), "json");
  if (!part) return;
  const held = holding(), folded = document.querySelector("#map-filter-box:not([open])");
  const saving = document.querySelector("#saved[open]"); // somebody is about to name what they see
  for (const [name, id] of Object.entries(PLACES)) document.getElementById(id).innerHTML = part[name];
  if (saving) document.getElementById("saved").replaceWith(saving);
  if (folded) document.getElementById("map-filter-box").open = false;
  held();
  map.atlas.layer?.remove();
  L.atlas.draw(part.drawing).addTo(map);
  const other = String(part.extent) !== String(map.atlas.extent);
  map.atlas.extent = part.extent;
  if (other && !args.has("view")) quietly(() => map.fitBounds(part.extent, { animate: false }));
  mark(args.get("at"), false);
  select();
}

// --- what is in view ----------------------------------------------------------------------------------------------------
let waiting = 0;
function select() {
  clearTimeout(waiting);
  const corners = shapes.parse(current().get("shape"));
  shapes.draw(map, corners);
  undo.refresh();
  waiting = setTimeout(() => { inview.show(map, box, corners); mark(current().get("at"), false); }, 80);
}

map.getContainer().addEventListener("atlas:drawn", ({ detail }) => { scaled(detail); select(); });

// Classes of cells change with their size: the legend says those of the cells that are drawn.
function scaled({ form: drawn, scale, colours, size }) {
  const list = document.querySelector("#map-legend .legend-classes[data-live]"), states = document.querySelector("#map-legend .legend-states");
  const note = document.querySelector("#map-legend [data-size]"), cells = drawn === "cells";
  if (states) states.hidden = cells;
  if (note) note.textContent = cells ? note.dataset.size.replace("{size}", size) : "";
  if (list) list.hidden = !cells;
  if (!list || !cells) return;
  const few = list.querySelector("li:has(.hatched)");
  list.replaceChildren(...scale.map(([text, colour]) => {
    const item = document.createElement("li"), swatch = item.appendChild(document.createElement("i"));
    swatch.style.background = colour;
    item.append(text);
    return item;
  }), ...(few ? [few] : []));
}

async function shape(kind) {
  const corners = kind === "frame" ? shapes.frame(map) : await shapes.ask(map);
  if (corners) go({ shape: shapes.write(corners) });
}

function go(changes) {
  const args = current();
  for (const [name, value] of Object.entries(changes)) if (value) args.set(name, value); else args.delete(name);
  history.pushState(null, "", `${location.pathname}?${args}`);
  redraw();
}

// --- time ---------------------------------------------------------------------------------------------------------------
const time = document.getElementById("f-time");
if (time) {
  const days = time.dataset.days.split(" "), said = time.parentElement.querySelector("output"), play = time.parentElement.querySelector("[data-play]");
  let playing = 0;
  const set = () => {
    said.textContent = days[time.value];
    time.setAttribute("aria-valuetext", days[time.value]);
    for (const field of document.querySelectorAll("select[name=on], input[name=on]")) field.value = days[time.value];
  };
  const stop = () => { clearInterval(playing); playing = 0; play.setAttribute("aria-pressed", "false"); };
  time.addEventListener("input", set);
  time.addEventListener("change", (event) => { event.stopPropagation(); set(); go({ on: days[time.value] }); });
  play.addEventListener("click", () => {
    if (playing) return stop();
    play.setAttribute("aria-pressed", "true");
    const step = () => {
      time.value = (Number(time.value) + 1) % days.length;
      time.dispatchEvent(new Event("change"));
      if (Number(time.value) === days.length - 1) stop();
    };
    step();
    if (Number(time.value) !== days.length - 1) playing = setInterval(step, 1600);
  });
  addEventListener("popstate", () => { const on = current().get("on"); time.value = Math.max(0, on ? days.indexOf(on) : days.length - 1); set(); });
}

// --- undo of filters ----------------------------------------------------------------------------------------------------
const NOT_FILTERS = ["measure", "by", "kind", "cell", "at", "view", "shape", "on", "with", "split", "key", "base"];
const undo = {
  done: [],
  read: () => { const args = current(); for (const name of NOT_FILTERS) args.delete(name); return args.toString(); },
  note(before) { if (before !== undo.read()) undo.done.push(before); undo.refresh(); },
  refresh() { for (const button of document.querySelectorAll("[data-filter-undo]")) button.disabled = !undo.done.length; },
  back() {
    const args = current();
    for (const name of new Set(args.keys())) if (!NOT_FILTERS.includes(name)) args.delete(name);
    for (const [name, value] of new URLSearchParams(undo.done.pop())) args.append(name, value);
    history.pushState(null, "", `${location.pathname}?${args}`);
    redraw();
  },
};

async function open(key, before) {
  const markup = await get(source("panel", current()), "text");
  if (markup === null) return;
  const here = side.contains(document.activeElement);
  side.innerHTML = markup;
  if (here) land((before && side.querySelector(`[data-at="${CSS.escape(before)}"]`)) || side.querySelector("h2"));
  side.parentElement.scrollTop = 0;
  mark(key, true);
}

function mark(key, move) {
  const shape = L.atlas.mark(map, key || null);
  for (const button of document.querySelectorAll(".map-right [data-at]:not([aria-pressed=fixed])")) button.setAttribute("aria-pressed", String(button.dataset.at === key && key !== ""));
  if (!shape || !move) return;
  const where = shape.getBounds ? shape.getBounds().getCenter() : shape.getLatLng();
  if (!map.getBounds().pad(-0.1).contains(where)) map.panTo(where);
}

// --- what people do -----------------------------------------------------------------------------------------------------
form.addEventListener("submit", (event) => { event.preventDefault(); change(); });
form.addEventListener("change", (event) => {
  if (event.target.name === "county") form.elements.town?.remove();
  if (event.target.name === "base") return location.assign(address(asked())); // only a page of its own lets those images in
  change();
});
let typing = 0;
form.addEventListener("input", (event) => {
  if (event.target.type !== "search") return;
  clearTimeout(typing);
  typing = setTimeout(change, 400);
});

function change() {
  clearTimeout(typing);
  const next = address(asked());
  if (next === location.pathname + location.search) return;
  const before = undo.read();
  history.pushState(null, "", next);
  undo.note(before);
  redraw();
}

function choose(key) {
  const args = current();
  if (key) args.set("at", key); else args.delete("at");
  const before = current().get("at");
  history.pushState(null, "", address(args));
  open(key, key ? "" : before); // closing returns to what was opened
}

map.getContainer().addEventListener("atlas:pick", (event) => choose(event.detail.key));
box.addEventListener("click", (event) => {
  const bar = event.target.closest("[data-pick]");
  if (bar) choose(bar.dataset.pick);
});
document.querySelector(".map-right").addEventListener("click", (event) => {
  const button = event.target.closest("button[data-at]");
  if (button) choose(button.dataset.at);
});
page.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button?.dataset.drop) {
    const before = undo.read(), args = current();
    args.delete(button.dataset.drop);
    history.pushState(null, "", `${location.pathname}?${args}`);
    undo.note(before);
    redraw();
  } else if (button && "filterUndo" in button.dataset) undo.back();
  else if (button?.dataset.shape) shape(button.dataset.shape);
  else if (button && "shapeClear" in button.dataset) go({ shape: "" });
});
page.addEventListener("click", (event) => {
  const kept = event.target.closest("a[data-keep-view]"); // the other page looks where this one does
  if (kept && current().has("view")) { const to = new URL(kept.href); to.searchParams.set("view", current().get("view")); kept.href = to; }
});
page.addEventListener("click", (event) => {
  const link = event.target.closest("[data-measure]");
  if (!link) return;
  event.preventDefault();
  form.querySelector(`[name="measure"][value="${link.dataset.measure}"]`).checked = true;
  change();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !map.atlas.drawing && current().get("at") && !document.fullscreenElement) choose("");
});

addEventListener("popstate", () => {
  const args = current();
  if ((args.get("base") ?? "") !== (form.elements.base?.value ?? "")) return location.reload();
  for (const field of form.elements) {
    if (field.type === "radio") field.checked = (args.get(field.name) || form.elements[field.name][0].value) === field.value;
    else if (field.name && field.type !== "hidden") field.value = args.get(field.name) ?? field.dataset.default ?? "";
  }
  look();
  redraw();
});

// --- where the map looks ------------------------------------------------------------------------------------------------
function look() {
  const view = (current().get("view") || "").split(",").map(Number);
  if (view.length !== 3 || !view.every(Number.isFinite)) return;
  map.atlas.moved = true;
  quietly(() => map.setView([view[0], view[1]], view[2], { animate: false }));
}

function quietly(move) {
  quiet = true;
  move();
  quiet = false;
}

map.on("moveend", () => {
  if (quiet || map.atlas.settling) return;
  const { lat, lng } = map.getCenter();
  const args = current();
  select();
  args.set("view", `${lat.toFixed(4)},${lng.toFixed(4)},${map.getZoom()}`);
  history.replaceState(history.state, "", `${location.pathname}?${args}`);
});

if (current().has("view")) look();
map.atlas.ready = true;
map.atlas.layer?.look?.(map);
mark(current().get("at"), true);
select();
// Paper has its own size: the map is fitted to it first, and to the window again afterwards.
async function print() {
  const [bounds, centre, zoom] = [map.getBounds(), map.getCenter(), map.getZoom()];
  const settle = (move) => quietly(() => { map.invalidateSize({ pan: false }); move(); });
  page.classList.add("printing");
  for (const part of page.querySelectorAll(".map-legend details")) part.open = true;
  settle(() => map.fitBounds(bounds, { animate: false }));
  await new Promise((done) => setTimeout(done, 300));
  window.print();
  page.classList.remove("printing");
  settle(() => map.setView(centre, zoom, { animate: false }));
}
document.addEventListener("click", (event) => { if (event.target.closest("[data-map-print]")) print(); });
document.documentElement.dataset.mapReady = "true";
