"""The ground under everything: divisions, their other names and outlines of the city that the atlas is set up for."""

from pathlib import Path

import geopandas as gpd
import pandas as pd

from app import store
from app.db import Database
from geo.frames import ALIASES, OUTLINES
from geo.io.cities import read_city, read_city_aliases
from geo.io.divisions import read_aliases, read_divisions, read_outlines
from geo.io.geocoding import read_elsewhere

LAYERS = ("divisions", "aliases", "outlines")


def lay(database: Database, *, data: Path, city: str) -> dict[str, dict[str, int]]:
    """Store the city's divisions, aliases and outlines as ``data`` holds them; what is stored already stays.

    A reviewed table of the city (``divisions/<name>.csv`` with ``_aliases.csv`` beside it, outlines of the same name)
    is taken before the table of the whole country, which knows neither other names nor outlines.

    Returns
    -------
    counts of new, changed and unchanged rows by layer

    Raises
    ------
    FileRefused
        If a file is missing or malformed.
    geo.io.cities.DivisionUnknownError
        If ``city`` is no city's code.
    """
    frames = read(data=data, city=city)
    with database.session(write=True) as session:
        return {name: store.write(session, name, frames[name]).counts for name in LAYERS}


def read(*, data: Path, city: str) -> dict[str, pd.DataFrame]:
    """Return the frames DIVISIONS, ALIASES and OUTLINES of a city, by name of layer."""
    elsewhere = read_elsewhere(data / "words")
    table = _reviewed(data / "divisions", city)
    if table is None:
        empty = OUTLINES.empty()
        assert isinstance(empty, gpd.GeoDataFrame)
        former = read_city_aliases(data / "divisions", city)
        names = ALIASES.conform(pd.concat([former, elsewhere]))
        return {"divisions": read_city(data / "divisions", city), "aliases": names, "outlines": empty}
    aliases = pd.concat([read_aliases(_aliases(table)), elsewhere])
    outlines = data / "boundaries" / f"{table.stem}.geojson"
    return {
        "divisions": read_divisions(table),
        "aliases": ALIASES.conform(aliases[~aliases.index.duplicated()]),
        "outlines": read_outlines(outlines) if outlines.is_file() else OUTLINES.empty(),
    }


def _reviewed(folder: Path, city: str) -> Path | None:
    for path in sorted(folder.glob("*.csv")):
        if _aliases(path).is_file():
            head = pd.read_csv(path, dtype="string", nrows=1)
            if head["code"].iloc[0] == city:
                return path
    return None


def _aliases(table: Path) -> Path:
    return table.with_name(f"{table.stem}_aliases.csv")
