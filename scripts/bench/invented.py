"""Places with invented names, the same each time, for a gazetteer as large as a bench wants it."""

import random
from typing import Any

_CHARACTERS = "望江柳桥锦程新华安泰永兴福海金山玉水文昌德惠明光大成龙凤翔云"
_KINDS = {"大厦": "building", "花园": "building", "苑": "building", "路": "street", "商城": "market"}


def invented_names(size: int) -> list[str]:
    """Return so many different names, sorted."""
    pick = random.Random(20110309)
    names: set[str] = set()
    while len(names) < size:
        core = "".join(pick.choice(_CHARACTERS) for _ in range(pick.randint(2, 5)))
        names.add(core + pick.choice(list(_KINDS)))
    return sorted(names)


def invented_places(size: int, divisions: Any) -> Any:
    """Return ``PLACES`` of so many names in the counties of ``divisions``, at points in Nantong (WGS-84)."""
    import geopandas as gpd
    import numpy as np
    from shapely import points

    from geo.frames import CRS, PLACES

    names = invented_names(size)
    kinds = [next(kind for suffix, kind in _KINDS.items() if name.endswith(suffix)) for name in names]
    pick = np.random.default_rng(1)
    counties = divisions.index[divisions["level"] == "county"].to_numpy()[pick.integers(0, 5, size)]
    index = [f"{kind}:{county}:{name}" for kind, county, name in zip(kinds, counties, names, strict=True)]
    shapes = points(120.8 + pick.random(size) / 2, 32 + pick.random(size) / 3)
    layer = {"kind": kinds, "name": names, "county_code": counties, "origin": "layer"}
    return PLACES.conform(gpd.GeoDataFrame(layer, geometry=shapes, index=index, crs=CRS))
