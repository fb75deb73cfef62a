"""Amap (高德) web service ``v3/geocode/geo``: GCJ-02; level words as extended on 2023-12-07.

``city`` takes prefectures and municipalities, not county-level cities, so the prefecture's code is given always.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from app.providers.provider import Answer, Query, fault, number

name = "amap"
datum = "gcj02"
url = "https://restapi.amap.com/v3/geocode/geo"
longest = 0
levels: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("国家", "省", "市", "未知"), "none"),
        "区县": "county",
        "乡镇": "town",
        "热点商圈": "town",
        "村庄": "village",
        "开发区": "zone",
        **dict.fromkeys(("道路", "道路交叉路口", "小巷"), "street"),
        **dict.fromkeys(("门牌号", "门址"), "number"),
        **dict.fromkeys(("兴趣点", "单元号", "楼层", "房间", "公交地铁站点", "公交站台、地铁站", "住宅区"), "building"),
    }
)
_FAULTS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("10001", "10002", "10005", "10006", "10007", "10008", "10009", "10010"), "PROVIDER_KEY"),
        **dict.fromkeys(("10011", "10012", "10013", "10026", "10041", "40002"), "PROVIDER_KEY"),
        **dict.fromkeys(("10003", "10044", "10045", "40000", "40003"), "PROVIDER_QUOTA"),
        **dict.fromkeys(("10004", "10014", "10015", "10019", "10020", "10021", "10029"), "PROVIDER_RATE"),
        **dict.fromkeys(("10016", "10017", "20003"), "PROVIDER_BUSY"),
        **dict.fromkeys(("20000", "20001", "20002", "20011", "20012"), "PROVIDER_REFUSED"),
    }
)
"""``infocode`` → fault; codes that begin with 3 are errors of the service's engine."""
_NOTHING = "30001"


def parameters(query: Query, key: str) -> dict[str, str]:
    """Return the parameters of the request."""
    return {"key": key, "address": query.address, "city": query.city, "output": "JSON"}


def read(payload: Any) -> Answer:
    """Read a response; see ``Provider.read``."""
    if not isinstance(payload, dict) or "status" not in payload:
        raise fault("PROVIDER_MALFORMED", name, payload)
    code, said = str(payload.get("infocode", "")), payload.get("info", "")
    if str(payload["status"]) != "1":
        if code == _NOTHING:  # ENGINE_RESPONSE_DATA_ERROR: this is how it answers an address it cannot find
            return Answer(datum)
        raise fault(
            _FAULTS.get(code, "PROVIDER_BUSY" if code.startswith("3") else "PROVIDER_REFUSED"), name, said, code
        )
    found = payload.get("geocodes")
    if not isinstance(found, list):
        raise fault("PROVIDER_MALFORMED", name, found)
    return _first(found[0]) if found else Answer(datum)


def _first(found: Any) -> Answer:
    location = found.get("location") if isinstance(found, dict) else None
    if isinstance(location, list) and not location:  # an empty field comes as an empty list
        return Answer(datum)
    if not isinstance(location, str) or location.count(",") != 1:
        raise fault("PROVIDER_MALFORMED", name, location)
    lon, lat = (number(part, name) for part in location.split(","))
    word = found.get("level")
    word = word if isinstance(word, str) else ""
    text = found.get("formatted_address")
    return Answer(datum, lon, lat, levels.get(word, "none"), word, None, text if isinstance(text, str) else "")
