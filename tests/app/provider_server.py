"""A server on this machine that speaks as Tianditu, Amap and Baidu do, errors and limits included.

The forms of requests and answers are those that the services document: Tianditu ``geocoder?ds={"keyWord":…}&tk=``, Amap
``/v3/geocode/geo?key&address&city&output``, Baidu ``/geocoding/v3/?address&ak&output&ret_coordtype``.
"""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from geo.datum import from_wgs84

KEY = "a-good-key"
Point = tuple[float, float]


class Services(ThreadingHTTPServer):
    """``places``: address → (WGS-84 point, level word); ``script``: what to do with the next requests, in order."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.places: dict[str, tuple[Point, str]] = {}
        self.default: Callable[[str], tuple[Point, str] | None] = lambda _address: None
        self.script: list[Any] = []
        self.always: Any = None
        self.requests: list[dict[str, str]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that gave up waiting is no fault of the test."""


@contextmanager
def serving() -> Iterator[Services]:
    server = Services()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    server: Services

    def log_message(self, *_: Any) -> None:
        """Keep quiet."""

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        given = {name: values[0] for name, values in parse_qs(address.query).items()}
        self.server.requests.append({"path": address.path, **given})
        act = self.server.script.pop(0) if self.server.script else self.server.always
        if isinstance(act, float):
            time.sleep(act)
        if isinstance(act, int):
            self.send_error(act)
            return
        if isinstance(act, bytes):
            self._send(act)
            return
        answer = {"/geocoder": tianditu, "/v3/geocode/geo": amap, "/geocoding/v3/": baidu}[address.path]
        self._send(json.dumps(act if isinstance(act, dict) else answer(self.server, given)).encode())

    def _send(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json;charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _find(server: Services, address: str) -> tuple[Point, str] | None:
    return server.places.get(address) or server.default(address)


def tianditu(server: Services, given: dict[str, str]) -> dict[str, Any]:
    if given.get("tk") != KEY:
        return {"msg": "非法Key", "code": 300001, "resolve": "请到控制台核对"}
    found = _find(server, json.loads(given["ds"])["keyWord"])
    if found is None:
        return {"msg": "无结果", "status": "101", "searchVersion": "4.8.0"}
    (lon, lat), word = found
    location = {"score": 100, "level": word, "lon": str(lon), "lat": str(lat), "keyWord": "甲"}
    return {"msg": "ok", "location": location, "searchVersion": "6.4.9V", "status": "0"}


def amap(server: Services, given: dict[str, str]) -> dict[str, Any]:
    if given.get("key") != KEY:
        return {"status": "0", "info": "INVALID_USER_KEY", "infocode": "10001"}
    found = _find(server, given["address"])
    if found is None:
        return {"status": "1", "info": "OK", "infocode": "10000", "count": "0", "geocodes": []}
    (lon, lat), word = found
    x, y = from_wgs84(lon, lat, "gcj02")
    first = {
        "formatted_address": "江苏省" + given["address"], "country": "中国", "province": "江苏省", "citycode": "0513",
        "city": "南通市", "district": "崇川区", "township": [], "neighborhood": {"name": [], "type": []},
        "building": {"name": [], "type": []}, "adcode": "320613", "street": [], "number": [],
        "location": f"{float(x):.6f},{float(y):.6f}", "level": word,
    }  # fmt: skip
    return {"status": "1", "info": "OK", "infocode": "10000", "count": "1", "geocodes": [first]}


def baidu(server: Services, given: dict[str, str]) -> dict[str, Any]:
    if given.get("ak") != KEY:
        return {"status": 200, "message": "APP不存在，AK有误请检查再重试"}
    if len(given["address"].encode()) > 84:
        return {"status": 2, "message": "Parameter Invalid: address length exceeds 84"}
    found = _find(server, given["address"])
    if found is None:
        return {"status": 1, "msg": "Internal Service Error:无相关结果", "results": []}
    (lon, lat), word = found
    x, y = from_wgs84(lon, lat, "gcj02" if given.get("ret_coordtype") == "gcj02ll" else "bd09")
    result = {"location": {"lng": float(x), "lat": float(y)}, "precise": 1, "confidence": 80, "comprehension": 100}
    return {"status": 0, "result": {**result, "level": word}}
