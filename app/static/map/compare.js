// Two days of one view: both maps look at the same place; the curtain shows the later one to its right.
const maps = [...document.querySelectorAll(".compare .atlas-map")].map((box) => box.atlasMap);
const curtain = document.getElementById("curtain"), over = document.querySelector(".compare.swipe .compare-now");
let following = false;

for (const map of maps) {
  map.on("move zoomend moveend", () => {
    if (following) return;
    following = true;
    for (const other of maps) if (other !== map) other.setView(map.getCenter(), map.getZoom(), { animate: false });
    following = false;
    remember(map);
  });
  map.getContainer().addEventListener("atlas:drawn", ({ detail: { size } }) => {
    const note = document.querySelector("[data-size]");
    if (note && size) note.textContent = note.dataset.size.replace("{size}", size);
  });
  map.getContainer().addEventListener("atlas:pick", (event) => { for (const each of maps) L.atlas.mark(each, event.detail.key); });
  map.atlas.ready = true;
  map.atlas.moved = true;
  map.atlas.layer?.look?.(map);
}

function remember(map) {
  const args = new URLSearchParams(location.search), { lat, lng } = map.getCenter();
  args.set("view", `${lat.toFixed(4)},${lng.toFixed(4)},${map.getZoom()}`);
  history.replaceState(null, "", `${location.pathname}?${args}`);
  for (const field of document.querySelectorAll("#compare-form [name=view]")) field.value = args.get("view");
}

const view = (new URLSearchParams(location.search).get("view") || "").split(",").map(Number);
if (view.length === 3 && view.every(Number.isFinite)) maps[0]?.setView([view[0], view[1]], view[2], { animate: false });

function draw() { over.style.clipPath = `inset(0 0 0 ${curtain.value}%)`; curtain.closest(".compare").style.setProperty("--curtain", `${curtain.value}%`); }
if (curtain) { curtain.addEventListener("input", draw); draw(); }
document.documentElement.dataset.mapReady = "true";
