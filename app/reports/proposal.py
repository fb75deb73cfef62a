"""The proposal (建会建议书) of one suggested union: one content, as a page to print and as a Word document."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from flask_babel import gettext as _

from app.labels import explain, label
from app.law import cited
from app.pages import MISSING, day, known, number, people, percent
from app.reading import Reading
from app.suggesting.outlooks import Outlook
from app.suggesting.proposals import Proposal

MEDIA = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
RULES = ("F3", "F18", "F27")
"""Rules that a proposal quotes: who may join, who approves, how far a joint union reaches."""
BODY, HEAD = "仿宋", "黑体"
"""Fonts of official documents; a machine without them takes its own."""


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
    parts = (
        (_("基本情况"), _facts(read, proposal, members)),
        (_("建议理由"), _told(read, "group_reason", proposal.group["reasons"])),
        (_("法律依据"), tuple(said for rule in RULES for said in cited(rule, read.survey.rules_day))),
        (_("机构设置（按预计会员）"), _bodies(outlook)),
        (_("请先核实"), _doubts(read, proposal, outlook)),
        (_("办理步骤"), _steps()),
    )
    heads = (_("序号"), _("企业名称"), _("统一社会信用代码"), _("职工"), _("地址"), _("备注"))
    return Paper(
        title=_("关于组建%(name)s的建议书", name=name.replace("（拟）", "").replace(" (proposed)", "")),
        to=_("%(area)s总工会：", area=read.name("county", proposal.group["county_code"]) or read.city()),
        parts=tuple((head, said) for head, said in parts if said),
        heads=heads,
        rows=tuple(_row(n, key, row, proposal) for n, (key, row) in enumerate(members.iterrows(), 1)),
        foot=(
            _("数据截止 %(d)s；应建会企业 %(n)s 家（名录口径）。", d=day(read.on), n=number(read.counted("eligible"))),
            _("本建议由名录和地址推算，是否组建由职工和上级工会决定；内部工作用，不得公开。"),
        ),
    )


def document(content: Paper) -> bytes:
    """Return a proposal as a Word document, A4 upright."""
    made = Document()
    page = made.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = Cm(2.6)
    style = made.styles["Normal"]
    style.font.size = Pt(12)
    _font(style, BODY)
    title = made.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(title, content.title, HEAD, 18)
    made.add_paragraph(_clean(content.to))
    for place, (heading, said) in enumerate(content.parts, 1):
        _run(made.add_paragraph(), f"{place}. {heading}", HEAD, 13)
        for text in said:
            made.add_paragraph(_clean(text)).paragraph_format.first_line_indent = Cm(0.85)
    _run(made.add_paragraph(), _("拟涵盖单位名单"), HEAD, 13)
    _table(made, content)
    for text in (_("经办单位（章）：　　　　　　　　　　年　　月　　日"), *content.foot):
        made.add_paragraph(_clean(text))
    held = io.BytesIO()
    made.save(held)
    return held.getvalue()


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
        said.append(_("%(c)s建会率（名录口径）由 %(a)s 升到 %(b)s。", c=read.city(), a=before, b=after))
    return tuple(said)


def _bodies(outlook: Outlook) -> tuple[str, ...]:
    found = outlook.bodies
    seats = found.seats
    women = {None: _("女职工人数不详，建会时核实"), True: _("女职工委员会"), False: _("女职工委员一人")}
    share, members = percent(outlook.share, 0), number(found.members)
    meeting = _("可以开会员代表大会") if found.delegates else _("开会员大会")
    committee = _("工会委员会委员 %(a)s–%(b)s 人，", a=seats.seats_min, b=seats.seats_max) + meeting
    none = _("会员很少，不设委员会，设主席或组织员一人")
    return (
        _("按职工的 %(s)s 预计会员 %(n)s 人（本平台设定，非法定）。", s=share, n=members),
        (committee if seats.seats_max else none) + _("。"),
        _("女职工组织：") + women[found.womens_committee] + _("，与工会同时建立") + _("。"),
    )


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


def _row(place: int, key: Any, row: pd.Series, proposal: Proposal) -> tuple[str, ...]:
    note = proposal.changes.get(key)
    code = row["uscc"] if known(row["uscc"]) else row["org_code"]
    address = row["operating_address"] if known(row["operating_address"]) else row["address"]
    told = (code, row["workers"], address)
    words = [str(value) if known(value) else MISSING for value in told]
    return (str(place), str(row["name"]), *words, label("case_change", note) if known(note) else "")


def _told(read: Reading, kind: str, why: Sequence[tuple[str, Any]]) -> tuple[str, ...]:
    return tuple(explain(kind, code, detail, names=read.named).rstrip("。") + _("。") for code, detail in why)


def _table(made: Any, content: Paper) -> None:
    table = made.add_table(rows=1, cols=len(content.heads))
    table.style = "Table Grid"
    for place, (cells, size) in enumerate([(content.heads, 10), *((row, 9) for row in content.rows)]):
        line = table.rows[0] if place == 0 else table.add_row()
        for target, text in zip(line.cells, cells, strict=True):
            _run(target.paragraphs[0], text, HEAD if place == 0 else BODY, size)


def _run(paragraph: Any, text: str, font: str, size: int) -> None:
    run = paragraph.add_run(_clean(text))
    run.font.size = Pt(size)
    _font(run, font)


def _font(target: Any, name: str) -> None:
    target.font.name = name
    target.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), name)


def _clean(text: str) -> str:
    """Without what XML cannot hold."""
    return "".join(letter for letter in text if letter.isprintable() or letter == "\t")
