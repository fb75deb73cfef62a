"""Small OpenStreetMap files written by hand: places in metres around a point of Nantong."""

import math
from pathlib import Path

LON, LAT = 120.86, 32.01


def place(x, y):
    return LON + x / (111_320 * math.cos(math.radians(LAT))), LAT + y / 111_320


class OsmFile:
    """Collects nodes, ways and relations; the same point is the same node."""

    def __init__(self):
        self._nodes, self._ways, self._relations, self._known = [], [], [], {}

    def node(self, x, y, **tags):
        if not tags and (x, y) in self._known:
            return self._known[x, y]
        number = len(self._nodes) + 1
        lon, lat = place(x, y)
        self._nodes.append(f'<node id="{number}" version="1" lon="{lon:.7f}" lat="{lat:.7f}">{_tags(tags)}</node>')
        if not tags:
            self._known[x, y] = number
        return number

    def way(self, *points, **tags):
        refs = "".join(f'<nd ref="{self.node(*point) if isinstance(point, tuple) else point}"/>' for point in points)
        self._ways.append(f'<way id="{len(self._ways) + 1}" version="1">{refs}{_tags(tags)}</way>')
        return len(self._ways)

    def area(self, x, y, width, depth, **tags):
        corners = [(x, y), (x + width, y), (x + width, y + depth), (x, y + depth), (x, y)]
        return self.way(*corners, **tags)

    def relation(self, *ways, **tags):
        members = "".join(f'<member type="way" ref="{way}" role="outer"/>' for way in ways)
        number = len(self._relations) + 1
        self._relations.append(f'<relation id="{number}" version="1">{members}{_tags(tags)}</relation>')

    def write(self, path: Path) -> Path:
        body = "\n".join([*self._nodes, *self._ways, *self._relations])
        head = '<?xml version="1.0" encoding="UTF-8"?>\n<osm version="0.6">\n<meta osm_base="2025-08-09T07:00:26Z"/>\n'
        path.write_text(f"{head}{body}\n</osm>\n", encoding="utf-8")
        return path


def _tags(tags):
    names = {key.replace("__", ":"): value for key, value in tags.items()}
    return "".join(f'<tag k="{key}" v="{value}"/>' for key, value in names.items())
