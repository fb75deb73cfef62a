"""Random frames of any declared ``Spec``, for round trips."""

from datetime import date
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely
from hypothesis import strategies as st

from geo.frames import CRS, DAY, FLAG, INTEGER, LIST, REAL, TEXT, Spec

WORDS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=12)
KEYS = st.text("abcdef:0123#南通", min_size=1, max_size=8)
VALUES: dict[str, st.SearchStrategy[Any]] = {
    TEXT: WORDS | st.sampled_from(["", "\\N", "NULL", "a\tb\n\"c\",'d'", "\\", "演示", "0012"]),
    INTEGER: st.integers(-(2**31), 2**31 - 1),
    REAL: st.floats(allow_nan=False, allow_infinity=False, allow_subnormal=False),
    FLAG: st.booleans(),
    DAY: st.dates(date(1900, 1, 1), date(2100, 12, 31)),
    LIST: st.lists(st.tuples(WORDS, st.dictionaries(WORDS, st.floats(0, 1), max_size=2)).map(list), max_size=2),
}
SHAPES = st.sampled_from(
    [None, shapely.Point(120.5, 32.25), shapely.box(120, 32, 121, 33), shapely.LineString([(1, 2), (3, 4)])]
)


@st.composite
def rows_of(draw: st.DrawFn, spec: Spec, *, never_missing: tuple[str, ...] = (), most: int = 6) -> pd.DataFrame:
    """Draw a frame of ``spec``; columns that a table needs are given by ``never_missing``."""
    index = draw(st.lists(KEYS, max_size=most, unique=True))
    columns = {
        name: draw(st.tuples(*[_value(column.dtype, name in never_missing)] * len(index)))
        for name, column in spec.columns.items()
    }
    frame = pd.DataFrame({name: pd.Series(values, dtype=object) for name, values in columns.items()})
    frame.index = pd.Index(index, dtype="str")
    if spec.spatial:
        frame = gpd.GeoDataFrame(frame, geometry=[draw(SHAPES) for _ in index], crs=CRS)
    return spec.conform(frame)


def _value(dtype: str, needed: bool) -> st.SearchStrategy[Any]:
    return VALUES[dtype] if needed else st.none() | VALUES[dtype]
