"""Office files whose bytes depend on their contents alone: no clock in the archive, none in the properties."""

import io
import re
import zipfile
from datetime import date

_INSTANT = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:\2>)")
_OFFICE = (".xlsx", ".pptx", ".docx")


def stable(body: bytes, day: date) -> bytes:
    """Return an office file with every time in it set to a day's noon, files within it included."""
    instant = f"{day.isoformat()}T12:00:00Z".encode()
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            part = old.read(name)
            if name.endswith(_OFFICE):
                part = stable(part, day)
            elif name == "docProps/core.xml":
                part = _INSTANT.sub(rb"\g<1>" + instant + rb"\g<3>", part)
            entry = zipfile.ZipInfo(name, (max(day.year, 1980), day.month, day.day, 12, 0, 0))
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            new.writestr(entry, part)
    return stream.getvalue()
