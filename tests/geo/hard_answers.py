"""Hard cases of online services: replies in their documented forms, held against county outline and offline answer."""

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from app.providers import amap, baidu, tianditu
from app.providers.provider import Answer, Provider, ProviderError
from app.providers.wording import query
from geo.datum import from_wgs84
from geo.gazetteer import Gazetteer
from geo.geocode import locate
from geo.io.divisions import read_outlines
from geo.online import check_answers
from geo.registry import county_names

DATA = Path(__file__).resolve().parents[2] / "data"
SERVICES: dict[str, Provider] = {"amap": amap, "baidu": baidu, "tianditu": tianditu}


def answered(given: dict[str, Any], expect: dict[str, Any], names: Gazetteer, divisions: pd.DataFrame) -> list[str]:
    """Return what is wrong with how a service's reply to ``given`` is judged."""
    service = SERVICES[given["service"]]
    try:
        answer = service.read(_reply(given))
    except ProviderError as error:
        have = {"fault": error.code, "does": error.does}
        return [f"{key} is {have[key]!r}" for key in ("fault", "does") if expect.get(key) not in (None, have[key])]
    if "fault" in expect:
        return [f"no fault, but {answer}"]
    row = check_answers(_rows(given, answer, names), _outlines(), county_names(divisions)).iloc[0]
    have = {"fits": bool(row["fits"]), "level": row["level"], "placed": bool(np.isfinite(row["lon"]))}
    codes = [code for code, _ in row["reasons"]]
    wrong = [f"{key} is {have[key]!r}" for key in have if key in expect and expect[key] != have[key]]
    missing = sorted(set(expect.get("reasons", ())) - set(codes))
    return wrong + ([f"reasons {codes} lack {missing}"] if missing else [])


def asked(given: dict[str, Any], expect: dict[str, Any]) -> list[str]:
    """Return what is wrong with how an address is put to a service."""
    found = query(SERVICES[given["service"]], given["text"], "320600", "南通市")
    if found is None:
        return [] if expect.get("query") == "" else ["it is not asked"]
    size = len(found.address.encode())
    wrong = [] if size <= expect.get("bytes", size) else [f"{size} bytes: {found.address}"]
    return wrong + ([] if found.address.endswith(expect.get("ends", "")) else [f"asked is {found.address}"])


@cache
def _outlines() -> dict[str, Any]:
    frame = read_outlines(DATA / "boundaries" / "nantong.geojson")
    frame = frame[(frame["level"] == "county") & frame["valid_to"].isna()]
    return dict(zip(frame.index.astype(str), frame.geometry, strict=True))


def _rows(given: dict[str, Any], answer: Answer, names: Gazetteer) -> pd.DataFrame:
    """Return the firm asked about, and others that the same point was given for."""
    texts = [given["text"], *given.get("others", ())]
    frame = locate(pd.DataFrame({"address": texts}), names).assign(address=texts)
    lon, lat, score = (np.nan if value is None else value for value in (answer.lon, answer.lat, answer.score))
    told = {"datum": answer.datum, "answer_level": answer.level, "level_word": answer.level_word}
    return frame.assign(answer_lon=lon, answer_lat=lat, score=score, **told)


def _reply(given: dict[str, Any]) -> Any:
    """Return the JSON that the service sends: ``body`` as it is, or a point (WGS-84) in the datum it really uses."""
    if "body" in given:
        return given["body"]
    service, word = given["service"], given.get("word", "门牌号")
    lon, lat = given["raw"] if "raw" in given else _sent(given["at"], given.get("datum", SERVICES[service].datum))
    if service == "amap":
        return {"status": "1", "infocode": "10000", "geocodes": [{"location": f"{lon},{lat}", "level": word}]}
    if service == "baidu":
        rest = {"precise": given.get("precise", 1), "confidence": given.get("confidence", 80), "level": word}
        return {"status": 0, "result": {"location": {"lng": lon, "lat": lat}, **rest}}
    return {"status": "0", "location": {"lon": lon, "lat": lat, "level": word, "score": given.get("confidence", 95)}}


def _sent(at: list[float], datum: str) -> tuple[float, float]:
    point = from_wgs84(at[0], at[1], datum)
    return round(float(point.lon), 6), round(float(point.lat), 6)
