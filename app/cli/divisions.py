"""``divisions``: write the divisions of any city, so that the atlas can work for it."""

from pathlib import Path

import click
import pandas as pd

from app import labels
from app.cli import DONE, NOTHING_DONE, Target
from app.config import settings
from geo.io.cities import DivisionUnknownError, read_city, read_city_aliases

COLUMNS = ["code", "name", "level", "parent", "valid_from", "valid_to", "lon", "lat"]


@click.command("divisions")
@click.argument("code")
@click.option(
    "--out",
    type=Target(),
    required=True,
    help="写入的文件 / file to write (CSV, UTF-8)",
)
def divisions(code: str, out: Path) -> int:
    """写出一个城市的行政区划 / write the divisions of a city.

    CODE 是设区市或直辖市的六位代码 / six-digit code of a prefecture-level city or municipality: 320600, 310000, 441900.
    现行的市、县、镇、村在前，旧县在后；旧县名今属何县写入同名的 _aliases.csv / divisions in force first, former ones
    after them; F_aliases.csv beside F.csv tells which county of today a former name means, for geocode.
    """
    try:
        frame = read_city(settings().data / "divisions", code)
    except DivisionUnknownError as error:
        click.echo(labels.explain("refusal", error.code, error.detail), err=True)
        raise SystemExit(NOTHING_DONE) from error
    former = read_city_aliases(settings().data / "divisions", code)
    try:
        _write(frame.reset_index()[COLUMNS], out)
        if len(former):
            _write(former.reset_index(), out.with_name(f"{out.stem}_aliases.csv"))
    except OSError as error:
        click.echo(f"{out}: {error.strerror}", err=True)
        raise SystemExit(NOTHING_DONE) from error
    counts = frame[frame["valid_to"].isna()]["level"].value_counts()
    said = "，".join(f"{labels.label('place_kind', level)} {count}" for level, count in counts.items())
    gone = int(frame["valid_to"].notna().sum())
    click.echo(f"{out}: {frame['name'].iloc[0]} — {said}" + (f"；旧县名 {gone}" if gone else ""))
    return DONE


def _write(table: pd.DataFrame, path: Path) -> None:
    """Write a table as UTF-8 with days as text; the same table gives the same bytes."""
    days = {name: table[name].dt.strftime("%Y-%m-%d") for name in ("valid_from", "valid_to")}
    table.assign(**days).to_csv(path, index=False, encoding="utf-8", lineterminator="\n")


commands: list[click.Command] = [divisions]
