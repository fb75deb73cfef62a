// The way to a door in the telephone's own map app. iPhones do not open geo: addresses, so they get maps:. Geo: is WGS-84
// by definition (RFC 5870); Apple's map of China is drawn in GCJ-02 and takes what an address says as a place on it.
export const apple = ({ userAgent, platform, maxTouchPoints }) =>
  /iPhone|iPad|iPod/.test(userAgent) || (platform === "MacIntel" && maxTouchPoints > 1);

export function way(firm, agent) {
  if (!firm.at) return null;
  const [lon, lat] = apple(agent) ? firm.at_gcj02 : firm.at;
  const name = encodeURIComponent(firm.name);
  return apple(agent) ? `maps:?daddr=${lat},${lon}&q=${name}` : `geo:${lat},${lon}?q=${lat},${lon}(${name})`;
}
