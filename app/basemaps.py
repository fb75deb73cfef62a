"""Basemaps from outside that an administrator has set up: tiles by a template, in a declared datum. Off by default.

Only addresses leave the machine (which tiles are looked at), and only while somebody looks at such a map; the content
policy lets images in from the configured host alone, on that page alone.
"""

import re
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from app import store
from app.db import session as database
from app.security import allow_images
from geo.errors import AtlasError

SETTING = "basemaps"
DATUMS = ("wgs84", "cgcs2000", "gcj02")
"""Datums of tiles in the usual web scheme; Baidu's tiles are cut by another one and do not fit."""

TIANDITU = {"vec": ("vec", "cva"), "img": ("img", "cia")}
"""Maps of Tianditu, each as ground and names."""

MOST, MOST_NAME, MOST_TEXT, MOST_URL, MOST_ZOOM = 8, 40, 200, 500, 22

_TIANDITU = (
    "https://t{s}.tianditu.gov.cn/%(layer)s_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=%(layer)s"
    "&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk=%(key)s"
)
_KEY = re.compile(r"[0-9a-zA-Z]{16,64}")
_URL = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?/[A-Za-z0-9._~/?&=%{}:@!$()*+-]*")
_HOLE = re.compile(r"\{([^}]*)\}")


class BasemapError(AtlasError):
    """A basemap cannot be set up as asked; ``detail["faults"]`` are the fields at fault."""

    code = "BAD_REQUEST"


@dataclass(frozen=True)
class Tiles:
    """One basemap: ``urls`` from below to above with ``{z} {x} {y}`` (and ``{s}`` of ``subdomains``).

    ``approval`` is its map approval number (审图号), empty where the office has not told it.
    """

    key: str
    name: str
    urls: tuple[str, ...]
    datum: str
    attribution: str
    approval: str = ""
    max_zoom: int = 18
    subdomains: str = ""
    on: bool = False

    @property
    def shifted(self) -> bool:
        """Whether data is shifted at drawing time to fit."""
        return self.datum == "gcj02"

    @property
    def hosts(self) -> list[str]:
        """Hosts that its tiles come from."""
        parts = self.subdomains or " "
        found = [urlsplit(url.replace("{s}", part)).netloc for url in self.urls for part in parts]
        return list(dict.fromkeys(found))

    @property
    def sources(self) -> list[str]:
        """What the content policy has to let in."""
        schemes = {urlsplit(url).scheme for url in self.urls}
        return [f"{scheme}://{host}" for scheme in sorted(schemes) for host in self.hosts]


def stored(opened: Session) -> list[Tiles]:
    """Return all basemaps that were set up."""
    return [Tiles(**{**row, "urls": tuple(row["urls"])}) for row in store.settings.get(opened, SETTING, [])]


def keep(opened: Session, listed: list[Tiles]) -> None:
    """Store the basemaps."""
    store.settings.put(opened, SETTING, [asdict(each) | {"urls": list(each.urls)} for each in listed])


def offered() -> list[Tiles]:
    """Return the basemaps that are switched on."""
    with database() as opened:
        return [each for each in stored(opened) if each.on]


def keys() -> list[str]:
    """Return what the argument ``base`` may be."""
    return [each.key for each in offered()]


def chosen(key: str) -> Tiles | None:
    """Return the basemap of a key, None for our own."""
    return next((each for each in offered() if each.key == key), None) if key else None


def opened_to(key: str) -> Tiles | None:
    """Return the basemap that an address asks for, and let its images into this answer; None for our own."""
    found = chosen(key)
    if found is not None:
        allow_images(*found.sources)
    return found


def tianditu(key: str, form: str, approval: str = "") -> Tiles:
    """Return Tianditu's basemap for a key of the office. Raises BasemapError where the key cannot be one."""
    faults = [*(["tk"] if not _KEY.fullmatch(key) else []), *(["form"] if form not in TIANDITU else [])]
    if faults or len(approval) > MOST_TEXT:
        raise BasemapError("no such map of Tianditu", detail={"faults": faults or ["approval"]})
    urls = tuple(_TIANDITU % {"layer": layer, "key": key} for layer in TIANDITU[form])
    names = {"vec": "天地图·矢量", "img": "天地图·影像"}
    return Tiles(
        _fresh(), names[form], urls, "cgcs2000", "天地图 国家地理信息公共服务平台", approval.strip(), 18, "01234567"
    )


def template(form: Mapping[str, str]) -> Tiles:
    """Return the basemap that a form describes. Raises BasemapError with the fields that are wrong."""
    told = {name: form.get(name, "").strip() for name in ("name", "url", "datum", "attribution", "approval")}
    zoom = form.get("max_zoom", "").strip() or "18"
    faults = [
        *(["name"] if not 0 < len(told["name"]) <= MOST_NAME or not told["name"].isprintable() else []),
        *(["url"] if not _fits(told["url"]) else []),
        *(["datum"] if told["datum"] not in DATUMS else []),
        *(["attribution"] if not 0 < len(told["attribution"]) <= MOST_TEXT else []),
        *(["approval"] if len(told["approval"]) > MOST_TEXT else []),
        *(["max_zoom"] if not (zoom.isascii() and zoom.isdigit() and 1 <= int(zoom[:3]) <= MOST_ZOOM) else []),
    ]
    if faults:
        raise BasemapError("this cannot be a basemap", detail={"faults": faults})
    return Tiles(
        _fresh(), told["name"], (told["url"],), told["datum"], told["attribution"], told["approval"], int(zoom)
    )


def switched(listed: list[Tiles], key: str, *, on: bool) -> list[Tiles]:
    """Return the basemaps with one of them switched."""
    return [replace(each, on=on) if each.key == key else each for each in listed]


def masked(url: str) -> str:
    """Return a template without the secret parts of its query, for people to read."""
    return re.sub(r"([?&](?:tk|ak|key|token|access_token)=)[^&]+", r"\1…", url, flags=re.IGNORECASE)


def _fits(url: str) -> bool:
    holes = _HOLE.findall(url)
    fits = len(url) <= MOST_URL and bool(_URL.fullmatch(url)) and sorted(set(holes)) in (["x", "y", "z"],)
    return fits and "{" not in urlsplit(url).netloc and "@" not in urlsplit(url).netloc


def _fresh() -> str:
    return secrets.token_hex(4)
