// Names of zones on the map: those of the draft stand, the background leaves theirs out; small zones are named when one looks closer.
const LEAST_PX = 34;

// The background fetches its names later and writes them at every move: what it may write is asked each time.
export function leaveOut(map, hidden) {
  map.eachLayer((layer) => {
    if (!("names" in layer) || typeof layer.write !== "function" || layer.atlasHides) return;
    let all = layer.names;
    layer.atlasHides = hidden;
    Object.defineProperty(layer, "names", { get: () => all.filter(([text]) => !layer.atlasHides().has(text)), set: (names) => { all = names; } });
  });
}

export function fitted(map, labels) {
  for (const [marker, layer] of labels) {
    const { _northEast: top, _southWest: low } = layer.getBounds();
    const wide = Math.abs(map.latLngToContainerPoint(top).x - map.latLngToContainerPoint(low).x);
    marker.setOpacity(wide < LEAST_PX ? 0 : 1);
  }
}
