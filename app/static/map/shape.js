// Drawing a shape on the map: a click sets a corner, a double click or Enter closes it, Escape gives up.
const MOST = 11;
const LINE = { color: "#1c2430", weight: 2, dashArray: "6 4", interactive: false, pane: "marks" };

export const parse = (text) => {
  const corners = (text || "").split(";").map((pair) => pair.split(",").map(Number));
  return corners.length >= 3 && corners.every((pair) => pair.length === 2 && pair.every(Number.isFinite)) ? corners : null;
};
export const write = (corners) => corners.map(([lon, lat]) => `${lon.toFixed(4)},${lat.toFixed(4)}`).join(";");

export function frame(map) {
  const box = map.getBounds().pad(-0.02);
  return [[box.getWest(), box.getSouth()], [box.getEast(), box.getSouth()], [box.getEast(), box.getNorth()], [box.getWest(), box.getNorth()]];
}

let outline = null;
export function draw(map, corners) {
  outline?.remove();
  outline = corners && L.polygon(corners.map(([lon, lat]) => [lat, lon]), { ...LINE, fill: true, fillOpacity: 0.06 }).addTo(map);
}

// Resolves to the corners, or to null if given up.
export function ask(map) {
  return new Promise((done) => {
    const corners = [], line = L.polyline([], LINE).addTo(map), box = map.getContainer();
    const end = (result) => {
      line.remove();
      map.off("click", add);
      map.off("dblclick", close);
      document.removeEventListener("keydown", key, true);
      box.classList.remove("drawing");
      map.doubleClickZoom.enable();
      map.atlas.drawing = false;
      done(result);
    };
    const close = () => end(corners.length >= 3 ? corners : null);
    const add = ({ latlng }) => {
      const last = corners.at(-1);
      if (last && map.latLngToContainerPoint([last[1], last[0]]).distanceTo(map.latLngToContainerPoint(latlng)) < 4) return;
      corners.push([latlng.lng, latlng.lat]);
      line.addLatLng(latlng);
      if (corners.length === MOST) close();
    };
    const key = (event) => {
      if (event.key !== "Enter" && event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      if (event.key === "Enter") close(); else end(null);
    };
    map.atlas.drawing = true;
    map.doubleClickZoom.disable();
    box.classList.add("drawing");
    map.on("click", add);
    map.on("dblclick", close);
    document.addEventListener("keydown", key, true);
  });
}
