// What the desk shows on the map: zones of the draft, the lines in force below them, faults, a preview of a repair.
import { fitted, leaveOut } from "./names.js";

const STYLES = {
  same: { color: "#1d3f66", weight: 2, fillColor: "#5f9ac2", fillOpacity: 0.18 },
  changed: { color: "#823a0a", weight: 2.5, fillColor: "#f5c65c", fillOpacity: 0.35 },
  locked: { dashArray: "2 4" },
  chosen: { color: "#1c2430", weight: 4, fillOpacity: 0.45 },
  old: { color: "#647080", weight: 1.5, dashArray: "6 5", fill: false, interactive: false },
  fault: { color: "#b3262d", weight: 2, dashArray: "3 3", fillColor: "#b3262d", fillOpacity: 0.5, interactive: false },
  preview: { color: "#009e73", weight: 3, fillColor: "#009e73", fillOpacity: 0.35, interactive: false },
};
const rings = (shape) => L.GeoJSON.coordsToLatLngs(shape.coordinates, shape.type === "MultiPolygon" ? 2 : 1);

export class Picture {
  constructor(map, words) {
    this.map = map;
    this.words = words;
    this.chosen = new Set();
    this.layers = new Map();
    this.facts = new Map();
    this.onchoose = () => {};
    const below = L.svg({ pane: "lines" }), above = L.svg({ pane: "marks" });
    this.renderers = { below, above };
    this.labels = [];
    leaveOut(map, () => this.hidden());
    map.on("zoomend", () => fitted(map, this.labels));
    this.groups = Object.fromEntries(["old", "zones", "names", "faults", "preview", "where"].map((name) => [name, L.layerGroup().addTo(map)]));
  }

  show(state, chosen) {
    for (const name of ["old", "zones", "names", "faults", "preview", "where"]) this.groups[name].clearLayers();
    this.layers.clear();
    this.labels = [];
    this.before = new Set(state.names);
    this.facts = new Map(state.zones.map((zone) => [zone.key, zone]));
    this.chosen = new Set([...chosen].filter((key) => this.facts.has(key)));
    for (const shape of state.old) L.polygon(rings(shape), { ...STYLES.old, renderer: this.renderers.below, pmIgnore: true, snapIgnore: true }).addTo(this.groups.old);
    for (const zone of state.zones) if (zone.geometry) this.draw(zone);
    this.faults = state.faults.map((shape) => shape && this.spot(shape).addTo(this.groups.faults));
    fitted(this.map, this.labels);
    this.map.fire("moveend"); // the background makes room
    this.onchoose();
  }

  hidden() { return new Set([...(this.before || []), ...[...this.facts.values()].map((zone) => zone.name)]); }

  draw(zone) {
    const layer = L.polygon(rings(zone.geometry), { ...this.style(zone), renderer: this.renderers.above, pmIgnore: false, smoothFactor: 0.5 });
    layer.zone = zone.key;
    layer.bindTooltip(() => zone.name, { sticky: true, className: "atlas-tip" });
    layer.on("click", (event) => {
      if (this.blocked) return;
      L.DomEvent.stop(event);
      const { ctrlKey, shiftKey, metaKey } = event.originalEvent;
      const more = ctrlKey || shiftKey || metaKey;
      this.choose(zone.key, !(more && this.chosen.has(zone.key)), more);
    });
    this.layers.set(zone.key, layer);
    layer.addTo(this.groups.zones);
    const label = document.createElement("span");
    label.textContent = zone.name;
    const whole = this.below(zone.key).length > 0; // named over its northern border: its parts bear their names inside
    if (whole) label.className = "above";
    const named = L.marker(whole ? [layer.getBounds().getNorth(), zone.at[1]] : zone.at, { pane: "names", interactive: false, keyboard: false, pmIgnore: true, snapIgnore: true, icon: L.divIcon({ html: label, className: "atlas-name zone-name", iconSize: [0, 0] }) }).addTo(this.groups.names);
    this.labels.push([named, layer]);
  }

  // Keys of the zones below one, at any depth.
  below(key) {
    const found = [key];
    for (const above of found) for (const zone of this.facts.values()) if (zone.parent === above && !found.includes(zone.key)) found.push(zone.key);
    return found.slice(1);
  }

  style(zone) {
    return { dashArray: null, ...STYLES.same, ...(zone.changed ? STYLES.changed : {}), ...(zone.locked ? STYLES.locked : {}), ...(this.chosen.has(zone.key) ? STYLES.chosen : {}) };
  }

  choose(key, on, more) {
    if (!more) this.chosen.clear();
    if (on) this.chosen.add(key); else this.chosen.delete(key);
    for (const [each, layer] of this.layers) layer.setStyle(this.style(this.facts.get(each)));
    this.onchoose();
  }

  preview(features) {
    this.groups.preview.clearLayers();
    if (!features.length) return;
    const layer = L.geoJSON({ type: "FeatureCollection", features }, { style: { ...STYLES.preview, renderer: this.renderers.above }, pmIgnore: true, snapIgnore: true }).addTo(this.groups.preview);
    this.look(layer.getBounds());
  }

  spot(shape) {
    return L.geoJSON(shape, { style: { ...STYLES.fault, renderer: this.renderers.above }, pointToLayer: (_, at) => L.circleMarker(at, { ...STYLES.fault, radius: 8, renderer: this.renderers.above }), pmIgnore: true, snapIgnore: true });
  }

  // Where a refused drawing is wrong; it comes into view.
  mark(shape) {
    this.groups.where.clearLayers();
    if (!shape) return;
    const middle = this.spot(shape).addTo(this.groups.where).getBounds().getCenter();
    if (!this.map.getBounds().contains(middle)) this.map.panTo(middle, { animate: false });
  }

  find(key) {
    const layer = this.layers.get(key);
    if (!layer) return;
    this.choose(key, true, true);
    this.look(layer.getBounds());
  }

  findFault(place) { if (this.faults[place]) this.look(this.faults[place].getBounds()); }

  look(bounds) {
    this.map.atlas.moved = true;
    this.map.fitBounds(bounds.pad(0.4), { animate: false, maxZoom: 17 });
  }

  fit() {
    const shapes = [...this.layers.values()];
    if (shapes.length) this.look(L.featureGroup(shapes).getBounds());
  }
}
