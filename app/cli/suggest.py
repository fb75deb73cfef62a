"""``suggest``: the suggested joint unions of a survey, as a file."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import click
import pandas as pd

from app.cli import Day, Target
from app.cli.gaps import size, stored
from app.labels import explain, label
from app.pages import told
from app.reading import Reading
from app.reports.cells import neutral

_DAY = Day()
_SHOWN = 20
_FILE = click.Path(path_type=Path)


@click.command("suggest")
@click.option("--out", type=Target(), help="写入 CSV / CSV file to write")
@click.option("--on", type=_DAY, help="哪一天的结果（默认最新）/ the day of the survey; the newest if not given")
@click.option("--firms", type=_FILE, help="不用数据库：企业表 CSV / without a database: a table of firms")
@click.option("--existing", type=_FILE, help="已有联合工会表 / existing joint unions: id,kind,place,jurisdiction,spare")
@click.option("--previous", type=_FILE, help="上次的结果 / the answer of the last run: who can stays")
@click.option("--params", type=_FILE, help="参数 YAML / parameters")
@click.option("--summary", type=Target(), help="写入汇总 JSON / JSON file for the figures of the run")
@click.option("--no-database", is_flag=True, help="不用数据库 / use only the files given")
def suggest(out: Path | None, on: datetime | None, no_database: bool, **files: Path | None) -> None:
    """组建建议 / suggested joint unions, those that reach most workers first.

    Of a survey, the file has one row per suggestion, with its firms, reasons and cautions. With --firms it needs no
    database: columns id,lon,lat,workers,jurisdiction and perhaps building,market,park,street,chainage_m,industry,
    eligible; the file written has one row per firm: id,group,kind,seat,distance_m,reason. Exit status: 0 written,
    1 written and some values were wrong, 2 nothing done.
    """
    if files["firms"] is not None:
        _from_files(files["firms"], out, files)
        return
    if no_database or any(files.values()):
        raise click.UsageError("缺少 --firms 企业表.csv / --firms FIRMS.csv is needed")
    read = stored(on)
    groups = read.survey.groups
    if out is not None:
        table(read).to_csv(out, index=False, encoding="utf-8-sig", lineterminator="\r\n")
        click.echo(f"{out}: {len(groups)} 条 / suggestions")
    for _key, row in groups.head(0 if out else _SHOWN).iterrows():
        said = _size(row["firms"], row["workers"], row["workers_unknown"])
        click.echo(f"{label('group_kind', row['kind'])} {row['name']}: {said}")
    for kind, part in groups.groupby("kind"):
        said = _size(*(part[column].sum() for column in ("firms", "workers", "workers_unknown")))
        click.echo(f"{label('group_kind', kind)}: {len(part)} 条 / suggestions, {said}")
    for code, count in read.survey.groupings["left_because"].value_counts().sort_index().items():
        click.echo(f"{code} {label('left_because', code)}: {count} 家 / firms")


def _from_files(firms: Path, out: Path | None, files: dict[str, Path | None]) -> None:
    from app.plans import suggest_files  # the engine is not needed to list a survey

    if out is None:
        raise click.UsageError("缺少 --out 结果.csv / --out ANSWER.csv is needed")
    given = {each.resolve() for name, each in files.items() if each is not None and name != "summary"}
    if out.resolve() in given or (
        files["summary"] is not None and files["summary"].resolve() in {*given, out.resolve()}
    ):
        raise click.BadParameter("不能写回输入文件 / the output must not be an input", param_hint="--out")
    status = suggest_files(
        firms, out, files["summary"], existing=files["existing"], previous=files["previous"], parameters=files["params"]
    )
    if status:
        raise SystemExit(status)


def table(read: Reading) -> pd.DataFrame:
    """Return one row per suggestion as it is written to a file: keys, words, figures, reasons and member firms."""
    groups = read.survey.groups
    members = read.survey.firms.groupby("group_id").apply(lambda part: list(part.index), include_groups=False)
    rows = [
        {
            "group_id": key,
            "kind": row["kind"],
            "place_id": row["place_id"],
            "name": neutral(str(row["name"])),
            "county": read.name("county", row["county_code"]),
            "town": read.name("town", row["town_code"]),
            "firms": row["firms"],
            "workers": told(row["workers"], row["workers_unknown"]),
            "workers_unknown": row["workers_unknown"],
            **{column: row[column] for column in ("chainage_from_m", "chainage_to_m", "lon", "lat")},
            "reasons": neutral(_said("group_reason", row["reasons"])),
            "cautions": neutral(_said("group_caution", row["cautions"])),
            "reason_codes": json.dumps(row["reasons"], ensure_ascii=False),
            "members": " ".join(members.get(key, [])),
        }
        for key, row in groups.iterrows()
    ]
    return pd.DataFrame(rows).astype({"workers": "Int64"}) if rows else pd.DataFrame(rows)


def _size(firms: int, workers: int, unknown: int) -> str:
    return f"{firms} 家 / firms, {size(workers, unknown)}"


def _said(kind: str, reasons: list[Any]) -> str:
    return "；".join(explain(kind, code, detail) for code, detail in reasons)


commands: list[click.Command] = [suggest]
