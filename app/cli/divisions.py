"""``divisions``: write the divisions of any city, so that the atlas can work for it."""

from pathlib import Path

import click

from app import labels
from app.cli import DONE, NOTHING_DONE
from app.config import settings
from geo.io.cities import DivisionUnknownError, read_city

COLUMNS = ["code", "name", "level", "parent", "valid_from", "valid_to", "lon", "lat"]


@click.command("divisions")
@click.argument("code")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="写入的文件 / file to write (CSV, UTF-8)",
)
def divisions(code: str, out: Path) -> int:
    """写出一个城市的行政区划 / write the divisions of a city.

    CODE 是设区市或直辖市的六位代码 / six-digit code of a prefecture-level city or municipality: 320600, 310000, 441900.
    现行的市、县、镇、村在前，旧县名在后 / divisions in force first, former counties after them.
    """
    try:
        frame = read_city(settings().data / "divisions", code)
    except DivisionUnknownError as error:
        click.echo(labels.explain("refusal", error.code, error.detail), err=True)
        raise SystemExit(NOTHING_DONE) from error
    table = frame.reset_index()[COLUMNS]
    table["valid_from"], table["valid_to"] = (
        table[name].dt.strftime("%Y-%m-%d") for name in ("valid_from", "valid_to")
    )
    try:
        table.to_csv(out, index=False, encoding="utf-8", lineterminator="\n")
    except OSError as error:
        click.echo(f"{out}: {error.strerror}", err=True)
        raise SystemExit(NOTHING_DONE) from error
    counts = frame[frame["valid_to"].isna()]["level"].value_counts()
    said = "，".join(f"{labels.label('place_kind', level)} {count}" for level, count in counts.items())
    former = int(frame["valid_to"].notna().sum())
    click.echo(f"{out}: {frame['name'].iloc[0]} — {said}" + (f"；旧县名 {former}" if former else ""))
    return DONE


commands: list[click.Command] = [divisions]
