"""What a file is, told from its first bytes and not from its name; files that cannot be read are refused here."""

import io
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import msoffcrypto

from geo.errors import FileRefused

UNPACKED_LIMIT = 6_000_000_000
"""Most bytes a zipped file may hold unpacked."""
BOMB_FROM, BOMB_RATIO = 100_000_000, 400
"""A part that unpacks to so many bytes, so many times its packed size, is a trick and no table."""
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SIGNATURES: Mapping[bytes, str] = MappingProxyType(
    {
        b"%PDF": "pdf",
        b"Rar!": "rar",
        b"7z\xbc\xaf": "7z",
        b"\x1f\x8b": "gz",
        b"\x89PNG": "png",
        b"\xff\xd8\xff": "jpg",
        b"SQLite format 3": "gpkg",
        b"{\\rtf": "rtf",
    }
)
_EXTENSIONS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "xlsx": frozenset({".xlsx", ".xlsm", ".xltx", ".xltm"}),
        "xlsb": frozenset({".xlsb"}),
        "xls": frozenset({".xls", ".et", ".xlt"}),
        "ods": frozenset({".ods"}),
        "csv": frozenset({".csv", ".tsv", ".txt", ".tab"}),
        "html": frozenset({".html", ".htm"}),
    }
)
_NO_CONTROL = bytes({*range(32, 256), *b"\t\n\v\f\r\x1a"} - {127})
TABLES = frozenset(_EXTENSIONS)
_LAYER_SUFFIXES = (
    ".shp",
    ".gpkg",
    ".geojson",
    ".json",
    ".kml",
    ".kmz",
    ".gml",
    ".tab",
    ".mif",
    ".fgb",
    ".pbf",
    ".osm",
    ".gdb",
    ".dxf",
)


def detect(path: Path) -> str:
    """Return the kind of a file: xlsx, xlsb, xls, ods, csv, html, or ``layer`` for what pyogrio reads.

    Raises
    ------
    FileRefused
        ``FILE_MISSING``, ``FILE_EMPTY``, ``FILE_TRUNCATED``, ``FILE_PASSWORD``, ``FILE_TOO_LARGE`` or ``FILE_KIND``
        (with ``is``).
    """
    try:
        if path.is_dir():
            return (
                "layer"
                if path.suffix.lower() == ".gdb"
                else _refuse(path, "FILE_KIND", "is a folder", {"is": "folder"})
            )
        with path.open("rb") as file:
            head = file.read(4096)
    except FileNotFoundError:
        return _refuse(path, "FILE_MISSING", "does not exist")
    except OSError as error:
        return _refuse(path, "FILE_UNREADABLE", f"cannot be opened: {error.strerror}", {"reason": str(error.strerror)})
    if not head.strip(b"\x00 \r\n\t\xef\xbb\xbf"):
        return _refuse(path, "FILE_EMPTY", "is empty")
    if head.startswith(b"PK"):
        return _zipped(path)
    if head.startswith(_OLE):
        return _compound(path)
    return _flat(path, head)


def expected_suffix(kind: str, path: Path) -> bool:
    """Tell whether the file's name says what the file is."""
    return kind not in _EXTENSIONS or path.suffix.lower() in _EXTENSIONS[kind]


def _refuse(path: Path, code: str, why: str, detail: Mapping[str, object] | None = None) -> str:
    raise FileRefused(f"{path.name} {why}", code=code, detail={"file": path.name, **(detail or {})})


def _zipped(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            infos = {info.filename: info for info in archive.infolist()}
            mimetype = archive.read("mimetype") if "mimetype" in infos and not infos["mimetype"].flag_bits & 1 else b""
            manifest = archive.read("META-INF/manifest.xml") if "META-INF/manifest.xml" in infos else b""
    except (zipfile.BadZipFile, EOFError, OSError, RuntimeError, NotImplementedError, ValueError, zlib.error):
        return _refuse(path, "FILE_TRUNCATED", "is cut short or damaged")
    size = sum(info.file_size for info in infos.values())
    if size > UNPACKED_LIMIT or any(map(_is_bomb, infos.values())):
        return _refuse(path, "FILE_TOO_LARGE", "holds too much when unpacked", {"bytes": size, "limit": UNPACKED_LIMIT})
    if any(info.flag_bits & 1 for info in infos.values()) or b"encryption-data" in manifest:
        return _refuse(path, "FILE_PASSWORD", "is protected by a password")
    if "xl/workbook.xml" in infos:
        return "xlsx"
    if "xl/workbook.bin" in infos:
        return "xlsb"
    if mimetype.startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
        return "ods"
    if any(name.lower().endswith(_LAYER_SUFFIXES) for name in infos):
        return "layer"
    inside = "docx" if "word/document.xml" in infos else "zip"
    return _refuse(path, "FILE_KIND", "is not a table or layer", {"is": inside})


def _is_bomb(info: zipfile.ZipInfo) -> bool:
    return info.file_size > BOMB_FROM and info.file_size > BOMB_RATIO * max(info.compress_size, 1)


def _compound(path: Path) -> str:
    """Tell an old workbook from a password-protected new one and from a Word document."""
    data = path.read_bytes()
    try:
        office = msoffcrypto.OfficeFile(io.BytesIO(data))
        encrypted = office.is_encrypted()
    except Exception:
        encrypted = "EncryptedPackage".encode("utf-16-le") in data
        if not encrypted and "Workbook".encode("utf-16-le") not in data and "Book".encode("utf-16-le") not in data:
            return _refuse(path, "FILE_TRUNCATED", "is cut short or damaged")
    if encrypted:
        return _refuse(path, "FILE_PASSWORD", "is protected by a password")
    if "Workbook".encode("utf-16-le") in data or "Book".encode("utf-16-le") in data:
        return "xls"
    return _refuse(path, "FILE_KIND", "is an old Office document, not a table", {"is": "ole"})


def _flat(path: Path, head: bytes) -> str:
    for signature, kind in _SIGNATURES.items():
        if head.startswith(signature):
            return "layer" if kind == "gpkg" else _refuse(path, "FILE_KIND", f"is a {kind} file", {"is": kind})
    if path.suffix.lower() in _LAYER_SUFFIXES and path.suffix.lower() != ".tab":
        return "layer"
    if b"OSMHeader" in head[:64]:
        return "layer"
    text = head.lstrip(b"\xef\xbb\xbf\xff\xfe \r\n\t").replace(b"\x00", b"").lower()
    if text.startswith((b"<!doctype html", b"<html", b"<table", b"<meta", b"<head", b"<style")) or b"<table" in text:
        return "html"
    if b"urn:schemas-microsoft-com:office:spreadsheet" in text:
        return _refuse(path, "FILE_KIND", "is an XML spreadsheet of 2003", {"is": "xml2003"})
    if text.startswith((b"mime-version:", b"from: <saved")):
        return _refuse(path, "FILE_KIND", "is a web archive", {"is": "mhtml"})
    if text.startswith((b"<kml", b"<gml", b"<osm", b"<?xml", b'{"type"', b'{ "type"', b'{\n"type"')):
        return "layer"
    if not head.startswith((b"\xff\xfe", b"\xfe\xff")) and _is_binary(head):
        return _refuse(path, "FILE_KIND", "is not a table or layer", {"is": "binary"})
    return "csv"


def _is_binary(head: bytes) -> bool:
    """Tell bytes from text: more nulls or other control characters than stray into a registry."""
    nulls = head.count(0)
    return 20 * nulls > len(head) or 50 * (len(head.translate(None, _NO_CONTROL)) - nulls) > len(head)
