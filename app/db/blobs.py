"""Geometries as the blobs of the GeoPackage standard: a header with SRID and envelope, then ISO WKB."""

import struct
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

_MAGIC = b"GP"
_EMPTY, _POINT_FLAGS, _ENVELOPE_FLAGS = 0x10, 0x01, 0x03
_ENVELOPE_BYTES = (0, 32, 48, 48, 64)


def encode(geometries: npt.ArrayLike, srid: int = 4326) -> list[bytes | None]:
    """Return GeoPackage blobs of shapely geometries (None stays None), with an envelope for all but points."""
    array = np.asarray(geometries, dtype=object)
    wkbs = shapely.to_wkb(array, byte_order=1, flavor="iso")
    kinds, empty, boxes = shapely.get_type_id(array), shapely.is_empty(array), shapely.bounds(array)
    blobs: list[bytes | None] = []
    for wkb, kind, hollow, bounds in zip(wkbs, kinds, empty, boxes.tolist(), strict=True):
        if wkb is None:
            blobs.append(None)
        elif hollow:
            blobs.append(struct.pack("<2sBBi", _MAGIC, 0, _POINT_FLAGS | _EMPTY, srid) + wkb)
        elif kind == 0:
            blobs.append(struct.pack("<2sBBi", _MAGIC, 0, _POINT_FLAGS, srid) + wkb)
        else:
            header = struct.pack("<2sBBi4d", _MAGIC, 0, _ENVELOPE_FLAGS, srid, *bounds[::2], *bounds[1::2])
            blobs.append(header + wkb)
    return blobs


def decode(blobs: Sequence[bytes | None]) -> npt.NDArray[np.object_]:
    """Return shapely geometries of GeoPackage blobs (None stays None)."""
    wkbs = np.empty(len(blobs), dtype=object)
    wkbs[:] = [None if blob is None else blob[header_bytes(blob) :] for blob in blobs]
    return np.asarray(shapely.from_wkb(wkbs), dtype=object)


def header_bytes(blob: bytes) -> int:
    """Return how many bytes stand before the WKB."""
    return 8 + _ENVELOPE_BYTES[blob[3] >> 1 & 7]


def is_empty(blob: bytes | None) -> int | None:
    """Return 1 for an empty geometry, 0 for another, None for none."""
    return None if blob is None else blob[3] >> 4 & 1


def box(blob: bytes | None) -> tuple[float | None, ...]:
    """Return minx, maxx, miny, maxy of a blob: from its envelope, else from its point, else computed."""
    if blob is None or is_empty(blob):
        return (None,) * 4
    order = "<" if blob[3] & 1 else ">"
    if blob[3] >> 1 & 7:
        return struct.unpack_from(f"{order}4d", blob, 8)
    inner = "<" if blob[8] else ">"
    if struct.unpack_from(f"{inner}I", blob, 9)[0] % 1000 == 1:
        x, y = struct.unpack_from(f"{inner}2d", blob, 13)
        return x, x, y, y
    west, south, east, north = shapely.bounds(decode([blob])[0]).tolist()
    return west, east, south, north


def with_srid(blob: bytes) -> Any:
    """Return the geometry of a blob with its SRID set."""
    srid = struct.unpack_from("<i" if blob[3] & 1 else ">i", blob, 4)[0]
    return shapely.set_srid(decode([blob])[0], srid)


def from_ewkt(text: str | None) -> bytes | None:
    """Return the blob of an EWKT text (``SRID=4326;POINT (1 2)``)."""
    if text is None:
        return None
    srid, _, wkt = text.rpartition(";")
    return encode([shapely.from_wkt(wkt)], int(srid.removeprefix("SRID=")) if srid else 0)[0]


def from_ewkb(wkb: bytes | str | None, srid: int | None = None) -> bytes | None:
    """Return the blob of EWKB, as bytes or hexadecimal."""
    if wkb is None:
        return None
    geometry = shapely.from_wkb(wkb)
    return encode([geometry], srid if srid is not None else shapely.get_srid(geometry))[0]
