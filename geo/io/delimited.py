"""Text tables: encoding by strict trial decoding, separator by what makes a header, rows as they stand."""

import codecs
import csv
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from geo.errors import FileRefused
from geo.io import kinds

USUAL_CELL, LONGEST_CELL = 131_072, 10_000_000
"""Characters of the longest cell of a register, and of a table whose texts are not ours to judge."""
SEPARATORS = (",", "\t", ";", "|")
_BLOCK = 1 << 20
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def detect_encoding(path: Path) -> str:
    """Return the encoding that the whole file obeys: by its mark, else UTF-8, else GB18030.

    Raises
    ------
    FileRefused
        ``FILE_ENCODING`` with the byte where both fail, ``FILE_TRUNCATED`` if only the last character is cut.
    """
    with path.open("rb") as file:
        head = file.read(4)
    candidates = [name for mark, name in _BOMS if head.startswith(mark)] or ["utf-8", "gb18030"]
    faults = {}
    for encoding in candidates:
        fault = _try(path, encoding)
        if fault is None:
            return encoding
        faults[encoding] = fault
    place, cut = faults[candidates[0]]
    detail = {"file": path.name, "byte": place}
    if cut:
        raise FileRefused(f"{path.name} ends inside a character", code="FILE_TRUNCATED", detail=detail)
    raise FileRefused(f"{path.name} is neither UTF-8 nor GB18030 at byte {place}", code="FILE_ENCODING", detail=detail)


def _try(path: Path, encoding: str) -> tuple[int, bool] | None:
    """Return None if the file decodes, else the byte of the first fault and whether only the end is cut."""
    decoder = codecs.getincrementaldecoder(encoding)()
    read = 0
    with path.open("rb") as file:
        try:
            while block := file.read(_BLOCK):
                decoder.decode(block)
                read += len(block)
        except UnicodeError as error:
            return read + getattr(error, "start", 0), False
        try:
            decoder.decode(b"", final=True)
        except UnicodeError:
            return read, True
    return None


def find_null(path: Path, encoding: str) -> tuple[int, int] | None:
    """Return the row of the first null byte of a text and how many there are; None if there is none.

    Rows are counted by line breaks, so a cell of several lines moves the number. UTF-16 is full of null bytes.
    """
    if encoding == "utf-16":
        return None
    row, count, before = 0, 0, 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            if not count and b"\0" in block:
                row = before + block[: block.index(b"\0")].count(b"\n") + 1
            count += block.count(b"\0")
            before += block.count(b"\n")
    return (row, count) if count else None


def read_rows(path: Path, encoding: str, separator: str, *, longest: int = USUAL_CELL) -> Iterator[list[str]]:
    """Yield the rows of the file as lists of texts, the first one first.

    Raises
    ------
    FileRefused
        ``FILE_QUOTES`` with the row from which on a quotation mark is not closed, ``FILE_CELL`` with the row of a
        cell longer than any text. Null bytes are left out (``find_null`` tells them).
    """
    row = 0
    lines: list[str] = []
    unclosed = False
    # One for the whole process, and libraries raise it, too: it only bounds what is held, ``longest`` is looked at.
    csv.field_size_limit(LONGEST_CELL)
    try:
        with path.open(encoding=encoding, newline="") as file:
            for cells in csv.reader(_kept(file, lines), delimiter=separator):
                row += 1
                if max(map(len, cells), default=0) > longest:
                    raise _too_long(path, row, lines, longest)
                unclosed = len(lines) > 1 and "".join(lines).count('"') % 2 == 1
                lines.clear()
                yield cells
    except csv.Error as error:
        raise _too_long(path, row + 1, lines, longest) from error
    if unclosed:
        raise _quotes(path, row, "a quotation mark is not closed")


def _kept(file: Iterable[str], lines: list[str]) -> Iterator[str]:
    """Pass the lines on and keep those of the row being read, to see whether it ended inside quotation marks."""
    for line in file:
        lines.append(line.replace("\0", ""))
        yield lines[-1]


def _too_long(path: Path, row: int, lines: list[str], longest: int) -> FileRefused:
    """A cell longer than any text: one that a quotation mark opened took the lines that follow."""
    why = f"a cell of more than {longest:,} characters"
    if any('"' in line for line in lines):
        return _quotes(path, row, why)
    detail = {"file": path.name, "row": row, "limit": longest}
    return FileRefused(f"{path.name}: row {row}: {why}", code="FILE_CELL", detail=detail)


def _quotes(path: Path, row: int, why: str) -> FileRefused:
    return FileRefused(f"{path.name}: row {row}: {why}", code="FILE_QUOTES", detail={"file": path.name, "row": row})


def guess_separator(path: Path, encoding: str, *, longest: int = USUAL_CELL) -> list[str]:
    """Return the separators in order of how well they cut the first rows, best first."""
    scores = {}
    for separator in SEPARATORS:
        try:
            widths = [len(row) for row in islice(read_rows(path, encoding, separator, longest=longest), 50) if any(row)]
        except FileRefused:
            widths = []
        usual = max(set(widths), key=widths.count) if widths else 0
        scores[separator] = (widths.count(usual) / len(widths) * min(usual, 20)) if usual > 1 else 0.0
    return sorted(SEPARATORS, key=lambda separator: -scores[separator])


def read_plain_rows(path: Path) -> Iterator[list[str]]:
    """Return the rows of a delimited text file, whose encoding and separator are found out.

    Raises
    ------
    FileRefused
        ``FILE_MISSING``, ``FILE_KIND``, ``FILE_ENCODING``, ``FILE_QUOTES``, ``NO_ROWS`` of an empty file.
    """
    if not path.is_file():
        raise FileRefused(f"{path} does not exist", code="FILE_MISSING", detail={"file": str(path)})
    if path.stat().st_size == 0:
        raise FileRefused(f"{path.name} is empty", code="NO_ROWS", detail={"file": path.name})
    kind = kinds.detect(path)
    if kind != "csv":
        raise FileRefused(f"{path.name} is {kind}, not a delimited text", code="FILE_KIND", detail={"is": kind})
    encoding = detect_encoding(path)
    separator = guess_separator(path, encoding, longest=LONGEST_CELL)[0]
    return read_rows(path, encoding, separator, longest=LONGEST_CELL)
