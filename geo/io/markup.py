"""Tables in HTML, which many systems hand out under the name of a workbook: the cells of the largest table."""

from html.parser import HTMLParser

SPAN_LIMIT = 1000


class _Tables(HTMLParser):
    """Collects every table of a page as rows of texts; a cell over several columns or rows stands in the first only."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[list[str]]] = []
        self.open: list[list[list[str]]] = []
        self.cell: list[str] | None = None
        self.span = 1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.open.append([])
            self.tables.append(self.open[-1])
        elif tag == "tr" and self.open:
            self.open[-1].append([])
        elif tag in ("td", "th") and self.open:
            self._close()
            if not self.open[-1]:
                self.open[-1].append([])
            self.cell = []
            span = dict(attrs).get("colspan") or "1"
            self.span = min(int(span), SPAN_LIMIT) if span.isascii() and span.isdigit() else 1
        elif tag == "br" and self.cell is not None:
            self.cell.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "tr", "table"):
            self._close()
        if tag == "table" and self.open:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if self.cell is not None:
            self.cell.append(data)

    def _close(self) -> None:
        if self.cell is not None and self.open and self.open[-1]:
            self.open[-1][-1].extend(["".join(self.cell).strip(), *[""] * (self.span - 1)])
        self.cell = None


def read_markup(text: str) -> list[list[str]]:
    """Return the rows of the largest table in a page, or no rows."""
    parser = _Tables()
    try:
        parser.feed(text)
        parser.close()
    except AssertionError:  # the standard parser's answer to some broken declarations
        pass
    return max(parser.tables, key=lambda rows: sum(map(len, rows)), default=[])
