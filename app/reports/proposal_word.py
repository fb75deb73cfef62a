"""The proposal of a suggested union as a Word document; loaded when one is asked for."""

import io
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from flask_babel import gettext as _

from app.reports.proposal import Paper

MEDIA = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
BODY, HEAD = "仿宋", "黑体"
"""Fonts of official documents; a machine without them takes its own."""


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
