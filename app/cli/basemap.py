"""``basemap``: our own basemap as vector tiles, from the office's layers and any others it has."""

from pathlib import Path

import click
import geopandas as gpd

from app.cli import DONE, NOTHING_DONE
from app.db import session
from app.imports import DATUMS
from app.maps import vector
from geo.frames import CRS
from geo.io.layers import read_layer
from geo.io.tiles import can_write_tiles


class Extra(click.ParamType):
    """A layer written as KIND=FILE."""

    name = "kind=file"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, Path]:
        """Return kind and path."""
        kind, sign, text = str(value).partition("=")
        if not sign or kind not in vector.KINDS:
            self.fail(f"写作 类别=文件 / write KIND=FILE, KIND: {', '.join(vector.KINDS)}: {value}", param, ctx)
        if not Path(text).is_file():
            self.fail(f"没有这个文件 / there is no file: {text}", param, ctx)
        return kind, Path(text)


@click.group("basemap")
def basemap() -> None:
    """本机底图 / our own basemap."""


@basemap.command("build")
@click.option("--layer", "layers", type=Extra(), multiple=True, help="另加的图层 / a further layer: water=水系.gpkg …")
@click.option(
    "--datum", type=click.Choice(DATUMS), default="wgs84", help="另加图层的坐标系 / datum of the further layers"
)
def build(layers: tuple[tuple[str, Path], ...], datum: str) -> int:
    """做成矢量切片 / build vector tiles of streets, zones, town borders and further layers.

    全市一个文件，每个县（市、区）一个，放在实例文件夹；道路超过两万条时图才不卡。导入新图层后重做一次。

    One file for the city and one a county, in the instance folder; worth it from some 20,000 streets on. Build anew
    after imports.
    """
    if not can_write_tiles():
        click.echo(
            "这里的 GDAL 没有 PMTiles 驱动，仍用原来的底图 / this GDAL writes no PMTiles: the basemap stays as it is",
            err=True,
        )
        raise SystemExit(NOTHING_DONE)
    extra = []
    for kind, path in layers:
        rows = read_layer(path, datum=datum).rows
        extra.append(gpd.GeoDataFrame({"kind": kind}, geometry=list(rows["geometry"]), index=rows.index, crs=CRS))
    with session() as opened:
        counts = vector.build(opened, extra, told=lambda code, many: click.echo(f"{code or '全市 / city'}: {many:,}"))
    click.echo("，".join(f"{kind} {count:,}" for kind, count in counts.items()) or "没有可画的图层 / nothing to draw")
    return DONE if counts else NOTHING_DONE


@basemap.command("drop")
def drop() -> int:
    """删除矢量切片 / delete the vector tiles."""
    click.echo(f"{vector.drop()} 个文件已删除 / files deleted")
    return DONE


commands: list[click.Command] = [basemap]
