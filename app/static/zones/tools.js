// The drawing tools, by Leaflet-Geoman's free parts: it gives shapes and lines, the server does everything to zones with them.
const NUDGE_PX = 6; // about what an arrow key moves, in a round number of metres
const LONG = 10; // steps with Shift

export class Tools {
  constructor(map, picture, desk) {
    this.map = map;
    this.picture = picture;
    this.desk = desk;
    this.active = "";
    this.onchange = () => {};
    L.PM.reInitLayer(map);
    map.pm.setLang(document.documentElement.lang.startsWith("zh") ? "zh" : "en");
    map.on("pm:create", ({ layer }) => this.created(layer));
    map.on("pm:drawstart", ({ workingLayer }) => workingLayer.on("pm:vertexadded pm:snapdrag", () => this.growing(workingLayer)));
    map.on("click", (event) => this.clicked(event));
  }

  get key1() { return [...this.picture.chosen][0]; }

  options() {
    this.nearby();
    return { snappable: this.desk.snapping(), snapDistance: 14, snapSegment: true, snapVertex: true, allowSelfIntersection: true, finishOn: "dblclick", tooltips: false, continueDrawing: false, pathOptions: { color: "#a3181f", weight: 2.5, fillOpacity: 0.15 }, templineStyle: { color: "#a3181f", weight: 2 }, hintlineStyle: { color: "#a3181f", weight: 2, dashArray: "5 5" } };
  }

  // Only what is in view is snapped to: a city has more street lines than a movement of the mouse can look at.
  nearby() {
    const seen = this.map.getBounds().pad(0.1);
    this.map.eachLayer((layer) => {
      if (layer.zone || !(layer instanceof L.Polyline) || layer.options.pmIgnore === true) return;
      layer.options.snapIgnore = !layer.getBounds().isValid() || !seen.intersects(layer.getBounds());
    });
  }

  begin(name) {
    this.stop();
    this.picture.preview([]);
    this.picture.mark(null);
    this.active = name;
    this.picture.blocked = true;
    this.map.atlas.drawing = true;
    this.map.getContainer().classList.add("drawing");
    this.onchange(name);
  }

  start(name) {
    this.begin(name);
    if (["draw", "subtract", "cut_hole"].includes(name)) this.map.pm.enableDraw("Polygon", this.options());
    else if (name === "split") this.map.pm.enableDraw("Line", this.options());
    else if (name === "reshape") this.edit();
    else if (name === "move") this.drag();
    else if (name === "paint") this.paint();
    this.map.getContainer().focus({ preventScroll: true });
  }

  stop() {
    if (!this.active) return;
    this.active = "";
    this.picture.blocked = false;
    this.map.atlas.drawing = false;
    this.map.getContainer().classList.remove("drawing");
    this.map.pm.disableDraw();
    if (this.held) {
      this.held.pm.disable();
      this.held.pm.disableLayerDrag();
      this.held.off("pm:markerdrag pm:vertexadded pm:vertexremoved pm:drag pm:dragend", this.moved);
      for (const { layer, was } of this.along) layer.setLatLngs(was);
      this.held = null;
      this.map.keyboard.enable();
    }
    this.refused?.layer.remove();
    this.refused = null;
    this.picture.preview([]);
    this.picture.mark(null);
    this.brushes?.remove();
    this.brushes = null;
    this.onchange("");
  }

  // --- drawing --------------------------------------------------------------------------------------------------------
  created(layer) {
    const shape = layer.toGeoJSON(7).geometry, name = this.active, key = this.key1;
    layer.remove();
    this.stop();
    const { send, border, words } = this.desk;
    if (name === "split") send({ kind: "split", key, line: shape });
    else if (name === "draw") send({ kind: "draw", shape, border: border(), name: this.named(words.newName) });
    else if (name) send({ kind: name, key, shape });
  }

  named(stem) {
    const used = new Set([...this.picture.facts.values()].map((zone) => zone.name));
    for (let n = 1; ; n += 1) { const name = n === 1 ? stem : `${stem} ${n}`; if (!used.has(name)) return name; }
  }

  growing(layer) {
    const corners = layer.getLatLngs().flat();
    if (this.active === "split" || corners.length < 3) return;
    const ring = corners.map(({ lng, lat }) => [+lng.toFixed(7), +lat.toFixed(7)]);
    this.desk.count({ kind: this.active, key: this.key1, shape: { type: "Polygon", coordinates: [[...ring, ring[0]]] }, border: this.desk.border(), name: this.desk.words.newName });
  }

  finish() {
    const draw = this.map.pm.Draw.getActiveShape();
    if (draw) { this.map.pm.Draw[draw]._finishShape?.(); return; }
    if (this.refused) this.again();
    else if (this.held) this.save();
  }

  // --- what the server refused: it stays as it was drawn, to be corrected and saved again; false where nothing was drawn ------
  correct({ version: _version, head: _head, ...operation }) {
    if (operation.kind === "move") return this.carryOn(operation);
    const drawn = operation.shape || operation.line;
    if (!drawn || !["draw", "reshape", "subtract", "cut_hole", "split"].includes(operation.kind)) return false;
    this.begin(operation.kind);
    const depth = { LineString: 0, Polygon: 1, MultiPolygon: 2 }[drawn.type], style = { color: "#a3181f", weight: 2.5, fillOpacity: 0.15, renderer: this.picture.renderers.above };
    const layer = (depth ? L.polygon : L.polyline)(L.GeoJSON.coordsToLatLngs(drawn.coordinates, depth), style).addTo(this.map);
    this.refused = { layer, operation };
    layer.on("pm:markerdrag pm:vertexadded pm:vertexremoved", () => { if (depth) this.desk.count(this.corrected()); });
    const { snappable, snapDistance } = this.options();
    layer.pm.enable({ snappable, snapDistance, allowSelfIntersection: true, removeVertexOn: "contextmenu" });
    this.map.getContainer().focus({ preventScroll: true });
    return true;
  }

  carryOn({ key, east_m, north_m }) {
    this.picture.choose(key, true, false);
    this.start("move");
    if (!this.held) return false;
    this.metres = { east_m, north_m };
    for (const { layer, was } of this.along) layer.setLatLngs(shifted(was, ...this.degrees()));
    return true;
  }

  corrected() {
    const { layer, operation } = this.refused;
    return { ...operation, [operation.line ? "line" : "shape"]: layer.toGeoJSON(7).geometry };
  }

  again() {
    if (!this.refused) return this.finish();
    const operation = this.corrected();
    this.stop();
    this.desk.send(operation);
  }

  // One step back within what is being drawn; false where nothing is.
  back() {
    if (!this.active || this.active === "paint") return false;
    const draw = this.map.pm.Draw.getActiveShape();
    if (draw && this.map.pm.Draw[draw]._layer?.getLatLngs().flat().length) this.map.pm.Draw[draw]._removeLastVertex?.();
    else { this.stop(); this.desk.tell("", false); }
    return true;
  }

  // --- reshaping and moving a zone ---------------------------------------------------------------------------------------
  hold() {
    this.held = this.picture.layers.get(this.key1);
    if (!this.held) { this.stop(); return false; }
    this.along = [this.held.zone, ...(this.active === "move" ? this.picture.below(this.held.zone) : [])].map((key) => this.picture.layers.get(key)).filter(Boolean).map((layer) => ({ layer, was: layer.getLatLngs().map(copied) }));
    return true;
  }

  edit() {
    if (!this.hold()) return;
    this.moved = () => this.desk.count({ kind: "reshape", key: this.held.zone, shape: this.shape(), border: this.desk.border() });
    this.held.on("pm:markerdrag pm:vertexadded pm:vertexremoved", this.moved);
    const { snappable, snapDistance } = this.options();
    this.held.pm.enable({ snappable, snapDistance, allowSelfIntersection: true, removeVertexOn: "contextmenu" });
  }

  drag() {
    if (!this.hold()) return;
    this.map.keyboard.disable(); // arrow keys move the zone, not the map
    this.middle = this.held.getBounds().getCenter().lat;
    this.metres = { east_m: 0, north_m: 0 };
    this.moved = (event) => {
      this.metres = this.dragged();
      for (const { layer, was } of this.along.slice(1)) layer.setLatLngs(shifted(was, ...this.degrees()));
      if (event.type === "pm:dragend") this.save();
      else this.count();
    };
    this.held.on("pm:drag pm:dragend", this.moved);
    this.held.pm.enableLayerDrag();
  }

  shape() { return this.held.toGeoJSON(7).geometry; }

  count() { this.desk.count({ kind: "move", key: this.held.zone, ...this.metres, border: this.desk.border() }); }

  // Metres and degrees as the server has them: a degree east is one of the latitude half way.
  perDegree(north) {
    const [east, up] = this.picture.facts.get(this.held.zone).metres, cos = (degrees) => Math.cos((degrees * Math.PI) / 180);
    return [(east * cos(this.middle + north / 2)) / cos(this.middle), up];
  }

  dragged() {
    const [now, was] = [first(this.held.getLatLngs()), first(this.along[0].was)];
    const north = now.lat - was.lat, [perEast, perNorth] = this.perDegree(north);
    return { east_m: (now.lng - was.lng) * perEast, north_m: north * perNorth };
  }

  degrees() {
    const north = this.metres.north_m / this.perDegree(0)[1];
    return [north, this.metres.east_m / this.perDegree(north)[0]];
  }

  save() {
    const key = this.held.zone, border = this.desk.border();
    const operation = this.active === "move" ? { kind: "move", key, ...this.metres, border } : { kind: "reshape", key, shape: this.shape(), border };
    const still = this.active === "move" && !this.metres.east_m && !this.metres.north_m;
    this.stop();
    if (still) this.desk.tell("", false);
    else this.desk.send(operation);
  }

  // Whole steps in metres from where the zone stood: as many back as there is nowhere.
  nudge(right, down) {
    const step = round(NUDGE_PX * (this.perDegree(0)[0] * 360) / (256 * 2 ** this.map.getZoom()));
    this.metres = { east_m: tidy(this.metres.east_m + right * step), north_m: tidy(this.metres.north_m - down * step) };
    for (const { layer, was } of this.along) layer.setLatLngs(shifted(was, ...this.degrees()));
    const { east_m: east, north_m: north } = this.metres;
    this.desk.tell(this.desk.words.moved.replace("{east}", east).replace("{north}", north), false);
    this.count();
  }

  // --- painting and holes -----------------------------------------------------------------------------------------------
  async paint() {
    const { ok, told } = await this.desk.painted();
    if (!ok || this.active !== "paint") return;
    const key = this.key1;
    this.brushes = L.geoJSON(told, {
      style: { color: "#4a5564", weight: 1, dashArray: "4 3", fillColor: "#4a5564", fillOpacity: 0.08, renderer: this.picture.renderers.above }, pmIgnore: true, snapIgnore: true,
      onEachFeature: (feature, layer) => {
        layer.bindTooltip(() => document.createTextNode(feature.properties.name).textContent, { sticky: true, className: "atlas-tip" });
        layer.on("click", (event) => { L.DomEvent.stop(event); this.desk.send({ kind: "paint", key, codes: [feature.properties.key] }); });
        layer.on("mouseover", () => { layer.setStyle({ fillOpacity: 0.3 }); this.desk.count({ kind: "paint", key, codes: [feature.properties.key] }); });
        layer.on("mouseout", () => layer.setStyle({ fillOpacity: 0.08 }));
      },
    }).addTo(this.map);
  }

  clicked({ latlng }) {
    if (this.active !== "fill_hole") return;
    const key = this.key1;
    this.stop();
    this.desk.send({ kind: "fill_hole", key, at: [latlng.lng, latlng.lat] });
  }

  // --- keys while drawing; true where one was used --------------------------------------------------------------------------
  key(event) {
    if (!this.active) return false;
    if (event.key === "Escape") { this.stop(); this.desk.tell("", false); return true; }
    if (event.key === "Enter" && !event.target.closest("a, button, summary")) { this.finish(); return true; }
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (way && this.active === "move" && this.held) { this.nudge(...way.map((step) => step * (event.shiftKey ? LONG : 1))); return true; }
    if (event.key === "Backspace" && this.map.pm.Draw.getActiveShape()) { this.map.pm.Draw[this.map.pm.Draw.getActiveShape()]._removeLastVertex?.(); return true; }
    return false;
  }
}

const copied = (part) => (Array.isArray(part) ? part.map(copied) : L.latLng(part.lat, part.lng));
const shifted = (part, north, east) => (Array.isArray(part) ? part.map((each) => shifted(each, north, east)) : L.latLng(part.lat + north, part.lng + east));
const first = (part) => (Array.isArray(part) ? first(part[0]) : part);
const tidy = (metres) => Math.round(metres * 1000) / 1000 || 0;
// 1, 2 or 5 times a power of ten, from 0.1 m.
function round(metres) {
  const power = 10 ** Math.floor(Math.log10(Math.max(metres, 0.1)));
  return tidy([5, 2, 1].find((each) => each * power <= Math.max(metres, 0.1) * 1.0001) * power);
}
