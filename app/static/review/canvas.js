// The map of the review desk: numbered answers, bearings, one pin that is set, dragged and moved by keys, one outline or course.
const NUDGE = 4;

export class Canvas {
  constructor(map, told) {
    this.map = map;
    this.told = told; // called when pin or shape change
    this.marks = L.layerGroup().addTo(map);
    this.draft = L.layerGroup().addTo(map);
    this.clear();
    map.on("click", (event) => this.clicked(event.latlng));
  }

  clear() {
    this.pin = null;
    this.corners = [];
    this.drawing = false;
    this.shape = null;
    this.draft.clearLayers();
  }

  show({ extent, spots, hints, tool }) {
    this.clear();
    this.tool = tool;
    this.marks.clearLayers();
    for (const [lon, lat] of hints) L.circleMarker([lat, lon], { pane: "marks", radius: 4, color: "#ffffff", weight: 1, fillColor: "#6d7885", fillOpacity: 0.8, interactive: false }).addTo(this.marks);
    for (const { number, lon, lat, name } of spots) {
      const text = document.createElement("span");
      text.textContent = number;
      L.marker([lat, lon], { pane: "names", title: name, keyboard: false, interactive: false, icon: L.divIcon({ html: text, className: "review-number", iconSize: [0, 0] }) }).addTo(this.marks);
    }
    this.map.atlas.moved = true;
    this.map.fitBounds(extent, { animate: false, maxZoom: 16, padding: [24, 24] });
    this.told(this);
  }

  clicked(where) {
    if (!this.tool) return;
    if (this.drawing) this.corners.push(where); else this.pin = where;
    this.redraw();
  }

  centre() {
    if (!this.tool) return;
    this.pin = this.map.getCenter();
    this.redraw();
  }

  put(where) {
    this.pin = where;
    if (!this.map.getBounds().contains(where)) this.map.panTo(where, { animate: false });
    this.redraw();
  }

  nudge(right, down) {
    if (!this.pin) return;
    const at = this.map.latLngToContainerPoint(this.pin).add([right * NUDGE, down * NUDGE]);
    this.pin = this.map.containerPointToLatLng(at);
    this.redraw();
  }

  draw(on) {
    this.drawing = on && Boolean(this.tool);
    if (on) this.corners = [];
    this.redraw();
  }

  back() {
    this.corners.pop();
    this.redraw();
  }

  redraw() {
    this.draft.clearLayers();
    const style = { pane: "marks", color: "#a3181f", weight: 2.5, fillOpacity: 0.15, interactive: false };
    if (this.corners.length > 1) L[this.tool === "line" ? "polyline" : "polygon"](this.corners, style).addTo(this.draft);
    this.corners.forEach((corner, place) => {
      const handle = L.marker(corner, { pane: "names", draggable: true, keyboard: false, icon: icon("review-corner") }).addTo(this.draft);
      handle.on("drag", (event) => { this.corners[place] = event.latlng; });
      handle.on("dragend", () => this.redraw());
    });
    if (this.pin) {
      const pin = L.marker(this.pin, { pane: "names", draggable: true, keyboard: false, icon: icon("review-pin") }).addTo(this.draft);
      pin.on("dragend", () => { this.pin = pin.getLatLng(); this.told(this); });
    }
    this.told(this);
  }

  // What is told to the server: a point (of an outline its middle) and the shape as WKT, "" where none is drawn.
  get enough() { return this.corners.length >= (this.tool === "line" ? 2 : 3); }

  get point() {
    if (this.pin) return this.pin;
    return this.enough ? L.latLngBounds(this.corners).getCenter() : null;
  }

  get wkt() {
    if (!this.enough) return "";
    const pairs = this.corners.map(({ lng, lat }) => `${lng.toFixed(7)} ${lat.toFixed(7)}`);
    return this.tool === "line" ? `LINESTRING (${pairs.join(", ")})` : `POLYGON ((${[...pairs, pairs[0]].join(", ")}))`;
  }
}

function icon(name) {
  return L.divIcon({ html: document.createElement("span"), className: name, iconSize: [0, 0] });
}
