"""Baidu (百度) web service ``geocoding/v3``: BD-09 by default; asked for GCJ-02, which is converted but once.

An address may have 84 bytes of UTF-8, 28 Chinese characters; ``app.providers.asking`` cuts its prefix.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from app.providers.provider import Answer, Query, fault, number

name = "baidu"
datum = "gcj02"
url = "https://api.map.baidu.com/geocoding/v3/"
longest = 84
levels: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("UNKNOWN", "国家", "省", "城市", "NoClass"), "none"),
        "区县": "county",
        "乡镇": "town",
        "商圈": "town",
        "村庄": "village",
        "门址": "number",
        **dict.fromkeys(("工业园区", "开发区"), "zone"),
        **dict.fromkeys(("道路", "交叉路口", "道路交叉口", "桥"), "street"),
        **dict.fromkeys(
            ("地产小区", "商务大厦", "政府机构", "生活服务", "休闲娱乐", "餐饮", "宾馆", "购物"), "building"
        ),
        **dict.fromkeys(("金融", "教育", "医疗", "旅游景点", "汽车服务", "火车站", "长途汽车站", "绿地"), "building"),
        **dict.fromkeys(("停车场", "停车区", "停车场/停车区", "港口", "码头", "港口/码头", "收费站"), "building"),
        **dict.fromkeys(("收费区/收费站", "收费处/收费站", "飞机场", "机场", "加油站", "公司企业", "酒店"), "building"),
    }
)
_FAULTS: Mapping[str, str] = MappingProxyType(
    {
        "1": "PROVIDER_BUSY",
        "2": "PROVIDER_REFUSED",
        **dict.fromkeys(("3", "5", "101", "102"), "PROVIDER_KEY"),
        **dict.fromkeys(("4", "301", "302"), "PROVIDER_QUOTA"),
        **dict.fromkeys(("401", "402"), "PROVIDER_RATE"),
    }
)
"""``status`` → fault; 200 to 299 speak of the key, its service, its addresses or its signature."""


def parameters(query: Query, key: str) -> dict[str, str]:
    """Return the parameters of the request."""
    return {"address": query.address, "city": query.name, "ak": key, "output": "json", "ret_coordtype": "gcj02ll"}


def read(payload: Any) -> Answer:
    """Read a response; see ``Provider.read``."""
    if not isinstance(payload, dict) or "status" not in payload:
        raise fault("PROVIDER_MALFORMED", name, payload)
    status, said = str(payload["status"]), payload.get("message") or payload.get("msg") or ""
    if status != "0":
        if status == "1" and "无相关结果" in str(said):
            return Answer(datum)
        known = _FAULTS.get(status) or ("PROVIDER_KEY" if len(status) == 3 and status[0] == "2" else "PROVIDER_REFUSED")
        raise fault(known, name, said, status)
    result = payload.get("result")
    if isinstance(result, list) and not result:
        return Answer(datum)
    location = result.get("location") if isinstance(result, dict) else None
    if not isinstance(result, dict) or not isinstance(location, dict):
        raise fault("PROVIDER_MALFORMED", name, result)
    lon, lat = number(location.get("lng"), name), number(location.get("lat"), name)
    word = str(result.get("level") or "")
    level = levels.get(word, "none")
    if level in ("number", "building") and str(result.get("precise", "1")) == "0":
        level = "street"  # 模糊打点: the door was not found, the point is that of its surroundings
    return Answer(datum, lon, lat, level, word, _score(result.get("confidence")))


def _score(value: Any) -> float | None:
    return min(max(float(value) / 100.0, 0.0), 1.0) if isinstance(value, int | float) else None
