// The drawn difference of a draft, and the versions of one zone: outlines in two strokes, pieces with pattern, sign and size.
import { leaveOut } from "./names.js";

const map = document.querySelector(".atlas-map").atlasMap;
const rings = (shape) => L.GeoJSON.coordsToLatLngs(shape.coordinates, shape.type === "MultiPolygon" ? 2 : 1);
const above = L.svg({ pane: "marks" });
const OLD = { color: "#4a5564", weight: 1.8, dashArray: "6 5", fill: false, interactive: false, renderer: above };
const NEW = { color: "#1d3f66", weight: 2.2, fill: false, interactive: false, renderer: above };
const PARTS = { added: { color: "#00664b", fillColor: "#009e73", sign: "＋", stripe: 45 }, taken: { color: "#8c3400", fillColor: "#d55e00", sign: "－", stripe: -45 } };

// Stripes for what is taken and a plain fill for what is added: told apart without colour, also where one covers the other.
function striped() {
  const root = above._container, space = "http://www.w3.org/2000/svg";
  const made = document.createElementNS(space, "defs");
  const pattern = made.appendChild(document.createElementNS(space, "pattern"));
  for (const [name, value] of Object.entries({ id: "zone-taken", patternUnits: "userSpaceOnUse", width: 9, height: 9, patternTransform: "rotate(45)" })) pattern.setAttribute(name, value);
  const stripe = pattern.appendChild(document.createElementNS(space, "rect"));
  for (const [name, value] of Object.entries({ width: 4, height: 9, fill: "#d55e00" })) stripe.setAttribute(name, value);
  root.prepend(made);
}

function look(layers) {
  const bounds = L.featureGroup(layers).getBounds();
  if (!bounds.isValid()) return;
  map.atlas.moved = true;
  map.fitBounds(bounds.pad(0.25), { animate: false, maxZoom: 16 });
}

const diff = document.getElementById("zone-diff");
if (diff) {
  leaveOut(map, () => new Set(JSON.parse(diff.dataset.names)));
  const drawn = JSON.parse(diff.dataset.drawn), words = JSON.parse(diff.dataset.words);
  const all = [...drawn.before.map((shape) => L.polygon(rings(shape), OLD)), ...drawn.after.map((shape) => L.polygon(rings(shape), NEW))];
  const parts = drawn.parts.map(({ name, what, m2, inner, geometry }) => {
    const { color, fillColor, sign } = PARTS[what];
    const size = (m2 / 1e6).toLocaleString(document.documentElement.lang, { maximumFractionDigits: 3 });
    const layer = L.polygon(rings(geometry), { color, fillColor, weight: 2, fillOpacity: 0.45, renderer: above, className: `zone-${what}` });
    layer.bindTooltip(() => `${name} ${words[what]} ${size} ${words.unit}`, { sticky: true, className: "atlas-tip" });
    if (inner) return [layer]; // its size is told in the table and by pointing: the pieces of the whole bear signs
    const label = document.createElement("span");
    label.textContent = `${sign}${size}`;
    const at = layer.getBounds().getCenter();
    if (what === "taken") label.className = "below";
    return [layer, L.marker(at, { pane: "names", interactive: false, keyboard: false, icon: L.divIcon({ html: label, className: "atlas-name zone-sign", iconSize: [0, 0] }) })];
  });
  const order = [...parts.filter(([layer]) => layer.options.className.endsWith("added")), ...parts.filter(([layer]) => layer.options.className.endsWith("taken"))];
  for (const layer of [...order.map(([layer]) => layer), ...all, ...parts.map(([, label]) => label).filter(Boolean)]) layer.addTo(map);
  if (parts.length) striped();
  for (const path of document.querySelectorAll("path.zone-taken")) path.setAttribute("fill", "url(#zone-taken)");
  look(parts.length ? parts.map(([layer]) => layer) : all);
  map.fire("moveend"); // names of the background make room
}

const past = document.getElementById("zone-versions");
if (past) {
  const shapes = JSON.parse(past.dataset.shapes);
  leaveOut(map, () => new Set(JSON.parse(past.dataset.names)));
  const layers = new Map(shapes.map(({ geometry, properties }, place) => [properties.version, L.geoJSON(geometry, { style: { ...(place === shapes.length - 1 ? NEW : OLD) }, pointToLayer: (_, at) => L.circleMarker(at, NEW) }).addTo(map)]));
  look([...layers.values()]);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-version]");
    const layer = button && layers.get(Number(button.dataset.version));
    if (!layer) return;
    for (const each of layers.values()) each.setStyle({ weight: 1.8 });
    layer.setStyle({ weight: 5 }).bringToFront();
    look([layer]);
    past.scrollIntoView({ block: "nearest" });
  });
}
document.documentElement.dataset.zonesReady = "true";
