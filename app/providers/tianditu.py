"""Tianditu (天地图) ``geocoder``: CGCS2000, which counts as WGS-84; the level words are not published as a list."""

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from app.providers.provider import Answer, Query, fault, number

name = "tianditu"
datum = "cgcs2000"
url = "http://api.tianditu.gov.cn/geocoder"
longest = 0
levels: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("省", "市", "省级行政区", "地级行政区", "地名地址"), "none"),
        **dict.fromkeys(("区县", "县", "区", "县级行政区"), "county"),
        **dict.fromkeys(("乡镇", "乡镇街道", "乡级行政区"), "town"),
        **dict.fromkeys(("村庄", "村", "自然村", "村级行政区"), "village"),
        **dict.fromkeys(("道路", "街巷"), "street"),
        **dict.fromkeys(("门址", "门牌号", "门楼牌"), "number"),
        **dict.fromkeys(("兴趣点", "POI", "小区", "住宅区", "楼栋"), "building"),
    }
)
_KEY = ("key", "权限", "token", "tk", "白名单")
_QUOTA = ("次数", "配额", "超限", "上限", "超出")
_RATE = ("频繁", "频率", "并发", "过快")


def parameters(query: Query, key: str) -> dict[str, str]:
    """Return the parameters of the request: what is asked is JSON within one of them."""
    return {"ds": json.dumps({"keyWord": query.address}, ensure_ascii=False, separators=(",", ":")), "tk": key}


def read(payload: Any) -> Answer:
    """Read a response; see ``Provider.read``."""
    if not isinstance(payload, dict) or not {"status", "code"} & payload.keys():
        raise fault("PROVIDER_MALFORMED", name, payload)
    status, said = str(payload.get("status", payload.get("code"))), str(payload.get("msg", ""))
    if status == "101":
        return Answer(datum)
    if status != "0":
        raise fault(_meant(status, said), name, said, status)
    location = payload.get("location")
    if not isinstance(location, dict):
        raise fault("PROVIDER_MALFORMED", name, payload)
    lon, lat = number(location.get("lon"), name), number(location.get("lat"), name)
    word = str(location.get("level") or "")
    score = location.get("score")
    share = min(max(float(score) / 100.0, 0.0), 1.0) if isinstance(score, int | float) else None
    return Answer(datum, lon, lat, levels.get(word, "none"), word, share, str(location.get("keyWord") or ""))


def _meant(status: str, said: str) -> str:
    """Tell what an error means; its numbers are not published, so its words decide."""
    text = said.lower()
    for words, code in ((_RATE, "PROVIDER_RATE"), (_QUOTA, "PROVIDER_QUOTA"), (_KEY, "PROVIDER_KEY")):
        if any(word in text for word in words):
            return code
    return "PROVIDER_BUSY" if status == "404" else "PROVIDER_REFUSED"
