"""The pieces of a slide: text, tables and charts as PowerPoint knows them, so that offices edit them."""

from typing import Any

from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_LEGEND_POSITION
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.slide import Slide
from pptx.util import Emu, Inches, Pt

from app.conference.bulletin import Table
from app.conference.content import Content
from app.conference.words import say

FACE = "Microsoft YaHei"
"""Typeface of the slides: what office machines have; text stays text, so the file carries no font."""
INK, QUIET, RED, HEAD = "1C2430", "55606E", "A3181F", "E9EDF1"


def grid(slide: Slide, table: Table, left: float, top: float, width: float) -> None:
    """Add a native table; its rows fit the slide."""
    narrow = width < 6 and len(table.heads) > 4
    rows, size = len(table.rows) + 1, 11 if narrow else 12 if len(table.heads) > 9 else 13
    whole = sum(table.widths)
    lines = max(
        _lines(head, size, width * part / whole - 0.1) for head, part in zip(table.heads, table.widths, strict=True)
    )
    top_row = max(min(0.42, 5.1 / rows), lines * size * 1.5 / 72 + 0.02)
    height = min(0.42, (5.1 - top_row) / (rows - 1)) if rows > 1 else top_row
    frame = slide.shapes.add_table(
        rows, len(table.heads), Inches(left), Inches(top), Inches(width), Inches(top_row + height * (rows - 1))
    )
    made = frame.table
    for place, part in enumerate(table.widths):
        made.columns[place].width = Emu(int(Inches(width) * part / whole))
    for line, row in enumerate((table.heads, *table.rows)):
        made.rows[line].height = Inches(height if line else top_row)
        for place, said in enumerate(row):
            cell = made.cell(line, place)
            cell.margin_left = cell.margin_right = Inches(0.05)
            cell.margin_top = cell.margin_bottom = Inches(0.01)
            cell.vertical_anchor = MSO_ANCHOR.MIDDLE
            cell.fill.solid()
            cell.fill.fore_color.rgb = RGBColor.from_string(HEAD if line == 0 else "FFFFFF" if line % 2 else "F6F7F8")
            paragraph = cell.text_frame.paragraphs[0]
            paragraph.alignment = PP_ALIGN.RIGHT if place >= table.words else PP_ALIGN.LEFT
            _run(paragraph, said, min(size, int(height * 34)) if line else size, bold=line == 0)


def _lines(text: str, size: int, room: float) -> int:
    """Return over how many lines a text runs in ``room`` inches; a Chinese letter is as wide as high."""
    wide = sum(1.0 if ord(letter) > 0x2E80 else 0.6 for letter in text) * size / 72
    return max(1, -(-int(wide * 100) // int(room * 100)))


def chart(slide: Slide, kind: Any, data: CategoryChartData, *, legend: bool = True, width: float = 12.3) -> Any:
    """Add a native chart of a kind; returns the chart, whose series can be dressed."""
    frame = slide.shapes.add_chart(kind, Inches(0.5), Inches(1.25), Inches(width), Inches(5.35), data)
    made = frame.chart
    made.font.size, made.font.name = Pt(14), FACE
    made.has_legend = legend
    if legend:
        made.legend.position, made.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False
    made.has_title = False
    made.value_axis.major_gridlines.format.line.color.rgb = RGBColor.from_string("D5DADF")
    made.value_axis.format.line.fill.background()
    return made


def unlabelled(series: Any, place: int) -> None:
    """Take the label off one piece of a bar."""
    mark = series.points[place].data_label._get_or_add_dLbl()
    for child in list(mark)[1:]:
        mark.remove(child)
    mark.append(mark.makeelement(qn("c:delete"), {"val": "1"}))


def filled(series: Any, colour: str) -> None:
    """Fill a series with a colour written ``#rrggbb``."""
    series.format.fill.solid()
    series.format.fill.fore_color.rgb = RGBColor.from_string(colour[1:].upper())


def heading(slide: Slide, content: Content, title: str) -> None:
    """Write the title of a slide above its red line, and the watermark behind it."""
    watermark(slide, content)
    text(slide, 0.5, 0.35, 12.3, 0.7, title, 28, bold=True)
    line = slide.shapes.add_shape(1, Inches(0.5), Inches(1.05), Inches(12.33), Emu(22860))
    line.fill.solid()
    line.fill.fore_color.rgb = RGBColor.from_string(RED)
    line.line.fill.background()


def footing(slide: Slide, content: Content, page: int) -> None:
    """Write what stands below every slide: day, basis, source, stamp of the data, number of the slide."""
    text(slide, 0.5, 6.98, 11.6, 0.35, content.footer, 9, colour=QUIET)
    text(slide, 12.2, 6.98, 0.63, 0.35, str(page), 10, colour=QUIET, right=True)
    text(slide, 8.3, 6.68, 4.53, 0.3, content.stamp, 9, colour=QUIET, right=True)


def traced(slide: Slide, codes: str) -> None:
    """Write by which codes of the annex the figures of a slide are traced."""
    text(slide, 0.5, 6.68, 7.7, 0.3, say("trace", codes=codes), 9, colour=QUIET)


def watermark(slide: Slide, content: Content) -> None:
    """Write who made the document and when across the slide, unless it is made public."""
    if content.watermark:
        box = text(slide, 2.2, 3.2, 9.0, 1.0, content.watermark, 40, colour="EDEEF0")
        box.rotation = -24


def text(
    slide: Slide,
    left: float,
    top: float,
    width: float,
    height: float,
    said: str,
    size: int,
    *,
    bold: bool = False,
    colour: str = INK,
    right: bool = False,
) -> Any:
    """Add a box of text, sizes in inches and points; returns it."""
    box = slide.shapes.add_textbox(Inches(left), Inches(top), Inches(width), Inches(height))
    box.text_frame.word_wrap = True
    paragraph = box.text_frame.paragraphs[0]
    paragraph.alignment = PP_ALIGN.RIGHT if right else PP_ALIGN.LEFT
    _run(paragraph, said, size, bold=bold, colour=colour)
    return box


def _run(paragraph: Any, text: str, size: int, *, bold: bool = False, colour: str = INK) -> None:
    run = paragraph.add_run()
    run.text, run.font.size, run.font.bold, run.font.name = text, Pt(size), bold, FACE
    run.font.color.rgb = RGBColor.from_string(colour)
    east = run._r.get_or_add_rPr().makeelement(qn("a:ea"), {"typeface": FACE})
    run._r.get_or_add_rPr().append(east)
