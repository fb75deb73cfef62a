"""Order and extent of what is listed."""

from collections.abc import Sequence

import pandas as pd
import shapely

from app.api.fields import Field
from app.listing import ordered


def ordered_by(table: pd.DataFrame, sort: str, fields: Sequence[Field]) -> pd.DataFrame:
    """Return a frame in the order of a field (a minus: descending), missing values last; "" changes nothing."""
    if not sort:
        return table
    name = sort.removeprefix("-")
    source = next(each.source for each in fields if each.name == name)
    if source == "id":
        return table.sort_index(ascending=not sort.startswith("-"), kind="stable")
    return ordered(table, ("-" if sort.startswith("-") else "") + source, (source,)) if source in table else table


def touching(table: pd.DataFrame, box: tuple[float, float, float, float]) -> pd.DataFrame:
    """Return the rows whose geometry touches a box in degrees; one whose west lies east of its east is two.

    What has no geometry touches nothing.
    """
    area = shapely.union_all([shapely.box(west, box[1], east, box[3]) for west, east in halves(box)])
    shapely.prepare(area)
    return table[shapely.intersects(area, table["geometry"].to_numpy(dtype=object))]


def halves(box: tuple[float, float, float, float]) -> list[tuple[float, float]]:
    """Return west and east of a box: one pair, or two where it lies across the date line."""
    west, _south, east, _north = box
    return [(west, east)] if west <= east else [(west, 180.0), (-180.0, east)]
