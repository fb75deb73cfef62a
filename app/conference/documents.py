"""The bulletin as a document that can be edited (docx) and one that is handed out (PDF)."""

import io
from collections.abc import Callable, Sequence
from typing import Any

from docx import Document
from docx.document import Document as Docx
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import CondPageBreak, Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from app.conference import marks
from app.conference.bulletin import Part
from app.conference.bulletin import Table as Rows
from app.conference.content import Content
from app.conference.stable import stable
from app.conference.wrapping import wrapped
from app.maps.escape import name as escaped

REGULAR, BOLD = "AtlasSans", "AtlasSans-Bold"
FACE = "宋体"
"""Typeface of the docx: what every office machine has; the file carries no font."""
_INK, _LINE = colors.HexColor("#1c2430"), colors.HexColor("#8a95a1")
_HEAD = colors.HexColor("#e9edf1")
ROOM = 45 * mm
"""Room below which a table begins on the next page; a longer one goes on over pages under its head."""
PADDING = 12.5
"""Points that ReportLab's frame keeps free beside text, and what a rounded width may lack."""
LONGEST_PROPERTY = 255
"""Characters that a property of a Word document may have (ECMA-376); an office may begin its text with a paragraph."""


def docx(content: Content, parts: Sequence[Part]) -> bytes:
    """Return the bulletin as docx: headings, paragraphs and tables of its own, foot with basis and mark."""
    document = Document()
    section = document.sections[0]
    section.orientation, section.page_width, section.page_height = WD_ORIENT.PORTRAIT, Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.2)
    section.top_margin = section.bottom_margin = Cm(2.2)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = FACE, Pt(12)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), FACE)
    foot = section.footer.paragraphs[0]
    foot.text = "　".join(filter(None, (content.footer, content.watermark, content.stamp)))
    foot.runs[0].font.size = Pt(8)
    for part in parts:
        if part.table is not None:
            _docx_table(document, part.table)
        else:
            _docx_text(document, part)
    properties = document.core_properties
    by = content.mark.by[:LONGEST_PROPERTY]
    properties.title, properties.author = parts[0].text[:LONGEST_PROPERTY] if parts else "", by
    properties.comments, properties.last_modified_by, properties.revision = "", by, 1
    stream = io.BytesIO()
    document.save(stream)
    return stable(stream.getvalue(), content.mark.at)


def pdf(content: Content, parts: Sequence[Part]) -> bytes:
    """Return the bulletin as PDF with the font in it."""
    fonts()
    stream = io.BytesIO()
    made = SimpleDocTemplate(
        stream,
        pagesize=A4,
        leftMargin=20 * mm,
        rightMargin=20 * mm,
        topMargin=18 * mm,
        bottomMargin=20 * mm,
        title=parts[0].text if parts else "",
        author=content.mark.by,
        invariant=1,
    )
    flow: list[Flowable] = []
    for part in parts:
        flow += _pdf_table(part.table, made.width) if part.table is not None else [_pdf_text(part, made.width)]
    made.build(flow, onFirstPage=_foot(content), onLaterPages=_foot(content))
    return stream.getvalue()


def fonts() -> None:
    """Make the font known to ReportLab."""
    if REGULAR not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont(REGULAR, str(marks.font_file())))
        pdfmetrics.registerFont(TTFont(BOLD, str(marks.font_file(bold=True))))


def _docx_text(document: Docx, part: Part) -> None:
    paragraph = document.add_paragraph()
    run = paragraph.add_run(part.text)
    run.font.name = FACE
    run._element.rPr.rFonts.set(qn("w:eastAsia"), FACE)
    if part.kind in ("title", "note"):
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    if part.kind == "text":
        paragraph.paragraph_format.first_line_indent = Pt(24)
        paragraph.paragraph_format.line_spacing = 1.5
    run.bold = part.kind in ("title", "heading")
    run.font.size = Pt({"title": 22, "heading": 15, "note": 10}.get(part.kind, 12))
    paragraph.paragraph_format.keep_with_next = part.kind == "heading"


def _docx_table(document: Docx, rows: Rows) -> None:
    caption = document.add_paragraph()
    caption.alignment = WD_ALIGN_PARAGRAPH.CENTER
    caption.paragraph_format.keep_with_next = True
    run = caption.add_run(rows.title)
    run.bold, run.font.size = True, Pt(11)
    table = document.add_table(rows=1, cols=len(rows.heads))
    table.style, table.alignment, table.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
    whole = sum(rows.widths)
    widths = [Cm(16.6 * width / whole) for width in rows.widths]
    margins = table._tbl.tblPr.makeelement(qn("w:tblCellMar"), {})
    for side in ("left", "right"):
        margins.append(margins.makeelement(qn(f"w:{side}"), {qn("w:w"): "45", qn("w:type"): "dxa"}))
    table._tbl.tblPr.append(margins)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    _docx_row(table.rows[0].cells, rows.heads, widths, rows.words, bold=True)
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(mark)
    for row in rows.rows:
        _docx_row(table.add_row().cells, row, widths, rows.words, bold=False)
    document.add_paragraph().paragraph_format.space_after = Pt(2)


def _docx_row(cells: Sequence, texts: Sequence[str], widths: Sequence[int], words: int, *, bold: bool) -> None:
    for place, (cell, text, width) in enumerate(zip(cells, texts, widths, strict=True)):
        cell.width = width
        paragraph = cell.paragraphs[0]
        paragraph.paragraph_format.space_after = Pt(0)
        run = paragraph.add_run(text)
        run.bold, run.font.size = bold, Pt(7.5 if len(texts) > 9 else 9)
        run.font.color.rgb = RGBColor(0x1C, 0x24, 0x30)
        if place >= words:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _style(part: Part) -> ParagraphStyle:
    size = {"title": 18, "heading": 13, "note": 9, "caption": 9.5}.get(part.kind, 10.5)
    bold = part.kind in ("title", "heading", "caption")
    return ParagraphStyle(
        part.kind,
        fontName=BOLD if bold else REGULAR,
        fontSize=size,
        leading=size * 1.6,
        textColor=_INK,
        wordWrap="CJK",
        alignment=TA_CENTER if part.kind in ("title", "note", "caption") else 0,
        firstLineIndent=21 if part.kind == "text" else 0,
        spaceBefore=8 if part.kind == "heading" else 0,
        spaceAfter=4,
        keepWithNext=1 if part.kind == "heading" else 0,
    )


def _pdf_text(part: Part, width: float) -> Flowable:
    style = _style(part)
    lines = wrapped(
        part.text,
        lambda text: pdfmetrics.stringWidth(text, style.fontName, style.fontSize),
        width - PADDING,
        style.firstLineIndent,
    )
    return Paragraph("<br/>".join(str(escaped(line)) for line in lines), style)


def _pdf_table(rows: Rows, width: float) -> list[Flowable]:
    size = 7.0 if len(rows.heads) > 9 else 8.0
    head = ParagraphStyle(
        "head", fontName=BOLD, fontSize=size, leading=size * 1.35, wordWrap="CJK", alignment=TA_CENTER
    )
    word = ParagraphStyle("word", fontName=REGULAR, fontSize=size, leading=size * 1.35, wordWrap="CJK")
    cells = [[Paragraph(escaped(text), head) for text in rows.heads]]
    cells += [
        [Paragraph(escaped(text), word) if place < rows.words else text for place, text in enumerate(row)]
        for row in rows.rows
    ]
    whole = sum(rows.widths)
    table = Table(cells, colWidths=[width * part / whole for part in rows.widths], repeatRows=1)
    table.setStyle(
        TableStyle(
            [
                ("FONT", (0, 0), (-1, -1), REGULAR, size),
                ("GRID", (0, 0), (-1, -1), 0.4, _LINE),
                ("BACKGROUND", (0, 0), (-1, 0), _HEAD),
                ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
                ("ALIGN", (rows.words, 1), (-1, -1), "RIGHT"),
                ("TOPPADDING", (0, 0), (-1, -1), 2),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
                ("LEFTPADDING", (0, 0), (-1, -1), 3),
                ("RIGHTPADDING", (0, 0), (-1, -1), 3),
            ]
        )
    )
    return [CondPageBreak(ROOM), _pdf_text(Part("caption", rows.title), width), table, Spacer(1, 6)]


def _foot(content: Content) -> Callable[[Canvas, Any], None]:
    def draw(canvas: Canvas, _made: Any) -> None:
        canvas.saveState()
        canvas.setFont(REGULAR, 7)
        canvas.setFillColor(_LINE)
        half = content.footer.split("　")
        canvas.drawString(20 * mm, 13 * mm, "　".join(half[:2]))
        canvas.drawString(20 * mm, 9.5 * mm, "　".join([*half[2:], content.stamp]))
        canvas.drawRightString(A4[0] - 20 * mm, 9.5 * mm, str(canvas.getPageNumber()))
        if content.watermark:
            canvas.setFont(REGULAR, 26)
            canvas.setFillColor(colors.Color(0, 0, 0, alpha=0.06))
            canvas.translate(A4[0] / 2, A4[1] / 2)
            canvas.rotate(40)
            canvas.drawCentredString(0, 0, content.watermark)
        canvas.restoreState()

    return draw
