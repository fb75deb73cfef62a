"""Why a suggestion and not another way, how much it withstands, why a firm is left over: recomputed, then in words."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from app.labels import explain, label
from app.pages import known
from app.reading import Reading
from geo.joint import JointOptions
from geo.joint.certificates import certify
from geo.joint.outlook import Sturdiness, sturdiness
from geo.joint.rivals import DISSOLVE, Rival, rivals
from geo.joint.seats import employers

SHOWN = 3
"""Other ways told, those that lose least."""
_ALONG, _AROUND = "street", "community"


@dataclass(frozen=True)
class Way:
    """Another way in words; ``place`` is its seat for a link, "" where nothing is founded."""

    kind: str
    place_id: str
    said: str
    loss: str
    last_resort: int
    better: bool


def ways(read: Reading, key: str) -> tuple[Way, ...]:
    """Return the other ways of a suggestion of the survey, the one that loses least first; none for a case."""
    survey = read.survey
    if key not in survey.groups.index or key.startswith("case:"):
        return ()
    found: list[Rival] = read.kept.get(
        ("rivals", key),
        lambda: rivals(
            survey.firms, key, groups=survey.groups, unions=survey.unions, places=survey.places, options=survey.joint
        ),
    )
    told = [rival for rival in found if rival.kind != DISSOLVE][: SHOWN - 1]
    told += [rival for rival in found if rival.kind == DISSOLVE]
    return tuple(_way(read, rival) for rival in sorted(told, key=lambda rival: rival.loss_milli))


def _way(read: Reading, rival: Rival) -> Way:
    around = rival.kind == _AROUND
    place = read.firm_name(str(rival.place_id)) if around else rival.place_id or ""
    detail: dict[str, Any] = {**asdict(rival), "place": place, "reach": read.survey.joint.reach_m}
    loss = rival.loss_milli
    code = "same" if not loss else "less" if loss > 0 else "more"
    return Way(
        rival.kind, "" if around else rival.place_id or "", explain("rival", rival.kind, detail, names=read.named),
        explain("rival_loss", code, {"loss": round(abs(loss) / 1000, 1)}), rival.last_resort, loss < 0,
    )  # fmt: skip


def firmness(members: pd.DataFrame, kind: str, options: JointOptions) -> tuple[str, ...]:
    """Return in words how much a suggestion withstands."""
    if kind == "existing":
        return (explain("sturdy", "joined"),)
    workers = members["workers"].fillna(options.workers_if_unknown).astype("int64")
    found: Sturdiness = sturdiness(workers.tolist(), employers(members).nunique(), options=options)
    least = {"least_workers": options.min_workers, "least_firms": options.min_firms}
    detail = {**asdict(found), **least}
    codes = ["critical" if found.critical else "any_firms", "workers"]
    return tuple(explain("sturdy", code, detail) for code in codes)


def proofs(read: Reading, keys: Sequence[str]) -> pd.DataFrame:
    """Return the certificates of firms that are left over (``geo.joint.certificates.certify``), with ``said``."""
    survey = read.survey
    found: pd.DataFrame = read.kept.get(
        ("certificates", tuple(keys)),
        lambda: certify(
            survey.firms, list(keys), unions=survey.unions, groups=survey.groups, places=survey.places,
            options=survey.joint,
        ),
    )  # fmt: skip
    said = [_said(read, row) for row in found.to_dict("records")]
    return found.assign(said=pd.Series(said, index=found.index, dtype="object"))


def proof(read: Reading, key: str) -> str:
    """Return why one firm is left over, with the figures that prove it."""
    return str(proofs(read, (key,)).at[key, "said"])


def _said(read: Reading, row: dict[str, Any]) -> str:
    """The sentence of a certificate; the reason alone where the figures at hand do not prove it."""
    code = str(row["left_because"])
    if not row["proved"] and code != "R7":
        return label("left_because", code)
    options = read.survey.joint
    detail = {name: int(value) if isinstance(value, float) else value for name, value in row.items() if known(value)}
    detail |= {
        "least_workers": options.min_workers, "least_firms": options.min_firms,
        "half": options.street_span_m // 2, "gap": options.street_gap_m, "place": detail.get("place_id", ""),
        "union": detail.get("union_id", ""), "level": label("level", row["level"]),
    }  # fmt: skip
    suffix = {_ALONG: "_street", _AROUND: "_around"}.get(row["kind"], "") if code in ("R1", "R2") else ""
    if code == "R1" and row["workers"] >= options.min_workers and row["firms"] >= options.min_firms:
        suffix = "_units"
    if row["kind"] == _AROUND:
        detail |= {"place": read.firm_name(str(row["place_id"])), "reach": options.reach_m}
    return explain("left_proof", code + suffix, detail, names=read.named)
