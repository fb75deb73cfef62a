"""The proposal (建会建议书) of one suggested union: its content, for the page to print and the Word document."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from flask_babel import gettext as _

from app.current import area_name
from app.labels import explain, label, options
from app.law import Said
from app.pages import MISSING, day, known, number, people, percent
from app.reading import Reading
from app.suggesting.founding import JOINING
from app.suggesting.outlooks import Outlook
from app.suggesting.proposals import Proposal


@dataclass(frozen=True)
class Paper:
    """A proposal: ``parts`` are headings with paragraphs, ``rows`` the firms under ``heads``, ``foot`` the basis."""

    title: str
    to: str
    parts: tuple[tuple[str, tuple[str, ...]], ...]
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    foot: tuple[str, ...]


def paper(read: Reading, proposal: Proposal, members: pd.DataFrame, outlook: Outlook, name: str) -> Paper:
    """Return the content of the proposal of a suggestion in the language of the moment."""
    joining = proposal.group["kind"] == JOINING
    parts = (
        (_("基本情况"), _facts(read, proposal, members)),
        (_("建议理由"), _told(read, "group_reason", proposal.group["reasons"])),
        (_("为什么不是别的编法"), _ways(outlook)),
        (_("有多稳"), tuple(said + _("。") for said in outlook.firmness)),
        (_("附近没有纳入的企业"), _near(outlook)),
        (_("可以选择的形式"), _forms(outlook)),
        (_("机构设置（按预计会员）"), () if joining else _bodies(outlook)),
        (_("法律和文件依据"), tuple(_quoted(rule) for rule in outlook.law.basis)),
        (_("本平台的设定（不是法律）"), tuple(rule.text + _("。") for rule in outlook.law.choices)),
        (_("请先核实"), _doubts(read, proposal, outlook)),
        (_("办理步骤"), _steps_to_join() if joining else _steps()),
    )
    heads = (_("序号"), _("企业名称"), _("统一社会信用代码"), _("职工"), _("地址"), _("备注"))
    return Paper(
        title=_title(name.replace("（拟）", "").replace(" (proposed)", ""), joining=joining, firms=len(members)),
        to=_("%(area)s总工会：", area=read.name("county", proposal.group["county_code"]) or read.city()),
        parts=tuple((head, said) for head, said in parts if said),
        heads=heads,
        rows=tuple(_row(n, key, row, proposal) for n, (key, row) in enumerate(members.iterrows(), 1)),
        foot=(
            _("数据截止 %(d)s；应建会企业 %(n)s 家（名录口径）。", d=day(read.on), n=number(read.counted("eligible"))),
            _("依据 %(d)s 施行的规则。", d=day(outlook.law.day)),
            _("本建议由名录和地址推算，是否组建由职工和上级工会决定；内部工作用，不得公开。"),
        ),
    )


def _facts(read: Reading, proposal: Proposal, members: pd.DataFrame) -> tuple[str, ...]:
    group = proposal.group
    where = " ".join(filter(None, (read.name("county", group["county_code"]), read.name("town", group["town_code"]))))
    workers = people(int(members["workers"].sum()), int(members["workers"].isna().sum()))
    said = [
        _("形式：%(k)s；所在：%(w)s。", k=label("group_kind", group["kind"]), w=where or MISSING),
        _("拟涵盖未建会企业 %(n)s 家，职工 %(m)s。", n=number(len(members)), m=workers),
    ]
    total = read.total()
    if read.ledger and total["eligible"]:
        after = percent((total["covered"] + members["gap"].sum()) / total["eligible"], 2)
        before = percent(total["rate"], 2)
        said.append(_("%(c)s建会率（名录口径）由 %(a)s 升到 %(b)s。", c=area_name(), a=before, b=after))
    return tuple(said)


def _ways(outlook: Outlook) -> tuple[str, ...]:
    return tuple(_("%(t)s。%(l)s。", t=way.said, l=way.loss) for way in outlook.ways)


def _near(outlook: Outlook) -> tuple[str, ...]:
    """Return how many firms nearby are not included, a reason a line."""
    counts = {code: len(outlook.near[code]) for code, _phrase in options("not_included") if code in outlook.near}
    return tuple(_("%(t)s：%(n)s 家。", t=label("not_included", code), n=number(n)) for code, n in counts.items())


def _forms(outlook: Outlook) -> tuple[str, ...]:
    told = tuple(_("%(f)s：%(t)s", f=head, t=text) + _("。") for _code, head, text in outlook.law.forms)
    return (*told, _("本建议是其中的联合建会，由职工和上级工会选择。"))


def _bodies(outlook: Outlook) -> tuple[str, ...]:
    law = outlook.law
    found = law.charter
    figures = {"w": number(found.workers), "s": percent(found.share, 0), "n": number(found.members)}
    if outlook.assumed:
        assumed = _(
            "职工 %(w)s 人是名录数加上 %(u)s 家人数不详、各按 %(e)s 人的估计，不是会员；"
            "按职工的 %(s)s 预计会员 %(n)s 人（本平台设定，非法定）。",
            u=number(outlook.assumed), e=outlook.each, **figures,
        )  # fmt: skip
    else:
        assumed = _(
            "职工 %(w)s 人是名录数，不是会员；按职工的 %(s)s 预计会员 %(n)s 人（本平台设定，非法定）。", **figures
        )
    told = tuple(_("%(f)s：%(t)s", f=head, t=text) + _("。") for head, text in law.bodies)
    return (assumed, *told, _("由谁批准：%(t)s。", t=law.approval))


def _quoted(rule: Said) -> str:
    """Return a rule with its article, strength, day and how far that was checked, as one sentence."""
    notes = [rule.strength, _("%(d)s 起", d=rule.since) if rule.since else "", rule.sure]
    said = _("；").join(filter(None, notes))
    return _("%(a)s：%(t)s（%(n)s）。", a=rule.article, t=rule.text, n=said)


def _doubts(read: Reading, proposal: Proposal, outlook: Outlook) -> tuple[str, ...]:
    said = list(_told(read, "group_caution", proposal.group["cautions"]))
    if outlook.coarse:
        said.append(_("%(n)s 家没有定位到楼宇、门牌或市场，去之前核对地址。", n=number(outlook.coarse)))
    for code, count in proposal.changed.value_counts().items():
        said.append(_("%(t)s：%(n)s 家。", t=label("case_change", code), n=count))
    return tuple(said)


def _steps() -> tuple[str, ...]:
    return (
        _("一、宣传走访，征得企业同意（P3）；二、上级工会批复筹备（P4）；三、发展会员、划分小组（P5）。"),
        _("四、召开会员（代表）大会选举（P6）；五、报上一级工会批准（P7）；六、登记（P8）。"),
    )


def _steps_to_join() -> tuple[str, ...]:
    return (_("一、宣传走访，征得企业同意；二、该工会吸收会员；三、向上一级工会报告。"),)


def _title(name: str, *, joining: bool, firms: int) -> str:
    """Nothing is founded where firms join a union that there is."""
    if joining:
        return _("关于 %(n)s 家企业加入%(name)s的建议书", n=number(firms), name=name)
    return _("关于组建%(name)s的建议书", name=name)


def _row(place: int, key: Any, row: pd.Series, proposal: Proposal) -> tuple[str, ...]:
    note = proposal.changes.get(key)
    code = row["uscc"] if known(row["uscc"]) else row["org_code"]
    address = row["operating_address"] if known(row["operating_address"]) else row["address"]
    told = (code, row["workers"], address)
    words = [str(value) if known(value) else MISSING for value in told]
    return (str(place), str(row["name"]), *words, label("case_change", note) if known(note) else "")


def _told(read: Reading, kind: str, why: Sequence[tuple[str, Any]]) -> tuple[str, ...]:
    return tuple(explain(kind, code, detail, names=read.named).rstrip("。") + _("。") for code, detail in why)
