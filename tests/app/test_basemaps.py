"""Basemaps from outside: set up by an administrator, off by default, let in for one host and one page alone."""

import json

import pytest
import small_city
from flask import Flask
from flask.testing import FlaskClient
from soup import soup

from app import basemaps
from app.basemaps import BasemapError
from app.db import session

GOOD = {
    "name": "测绘院底图", "url": "https://tiles.example.cn:8443/wmts/{z}/{x}/{y}.png?v=1", "datum": "gcj02",
    "attribution": "某测绘院", "approval": "GS(2025)0001号", "max_zoom": "17",
}  # fmt: skip
OWN = "img-src 'self' data: blob:;"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    return small_city.loaded(tmp_path_factory.mktemp("basemaps"), form_tokens=False)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    with app.app_context(), session(write=True) as opened:
        basemaps.keep(opened, [])
    return app.test_client()


def made(client: FlaskClient, **changes: str) -> str:
    """Set a basemap up, switch it on and return its key."""
    client.post("/basemaps", data={**GOOD, **changes})
    with client.application.app_context(), session() as opened:
        key = basemaps.stored(opened)[-1].key
    client.post(f"/basemaps/{key}", data={"act": "on"})
    return key


def policy(client: FlaskClient, path: str) -> str:
    return client.get(path).headers["Content-Security-Policy"]


def test_nothing_is_let_in_unless_it_is_set_up_switched_on_and_chosen(client: FlaskClient) -> None:
    assert OWN in policy(client, "/map") and "f-base" not in client.get("/map").text
    client.post("/basemaps", data=GOOD)
    with client.application.app_context(), session() as opened:
        key = basemaps.stored(opened)[0].key
    assert client.get(f"/map?base={key}").status_code == 400, "set up, but off"
    client.post(f"/basemaps/{key}", data={"act": "on"})
    assert OWN in policy(client, "/map") and "测绘院底图" in client.get("/map").text
    chosen = policy(client, f"/map?base={key}")
    assert "img-src 'self' data: blob: https://tiles.example.cn:8443;" in chosen
    assert chosen.count("example") == 1, "images only, and only from there"
    for path in (f"/map/compare?base={key}",):
        assert "https://tiles.example.cn:8443;" in policy(client, path)
    for path in ("/", "/firms", "/gaps", f"/map/table?base={key}", "/basemaps"):
        assert OWN in policy(client, path)
    client.post(f"/basemaps/{key}", data={"act": "off"})
    assert client.get(f"/map?base={key}").status_code == 400


def test_a_shifted_basemap_says_so_with_source_and_approval(client: FlaskClient) -> None:
    key = made(client)
    legend = soup(client, f"/map?base={key}").select_one("#map-legend")
    assert legend is not None
    text = legend.get_text()
    for said in (
        "GCJ-02",
        "存储、导出、接口仍是 WGS-84",
        "某测绘院",
        "GS(2025)0001号",
        "tiles.example.cn:8443",
        "离开本机",
    ):
        assert said in text
    plain = made(client, datum="wgs84", approval="")
    legend = soup(client, f"/map?base={plain}").select_one("#map-legend")
    assert legend is not None and "GCJ-02" not in legend.get_text() and "审图号" not in legend.get_text()


def test_nothing_but_the_drawing_is_shifted(client: FlaskClient) -> None:
    key = made(client)
    box = "bbox=121,32,121.4,32.2&zoom=11"
    for path in ("/map/part?kind=building", f"/map/cells?by=points&{box}", f"/map/cells?by=grid&cell=500&{box}"):
        plain, shifted = (json.loads(client.get(path + more).text) for more in ("", f"&base={key}"))
        if "drawing" in plain:
            plain, shifted = ({"drawing": one["drawing"], "extent": one["extent"]} for one in (plain, shifted))
        assert plain == shifted
    assert client.get(f"/gaps/list.csv?base={key}").status_code == 400, "a file knows no basemap"
    links = [str(a["href"]) for a in soup(client, f"/map?base={key}").select("#map-side a, #map-legend a")]
    assert not [link for link in links if "base=" in link and not link.startswith("/map")]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("url", "ftp://a.cn/{z}/{x}/{y}"), ("url", "https://a.cn/{z}/{x}.png"), ("url", "https://a.cn/{z}/{x}/{y}/{q}"),
        ("url", "https://a.cn; script-src */{z}/{x}/{y}"), ("url", "https://a.cn/{z}/{x}/{y} https://b.cn"),
        ("url", "https://u:p@a.cn/{z}/{x}/{y}"), ("url", "https://{z}.a.cn/{x}/{y}"), ("url", "javascript:alert(1)"),
        ("url", "https://a.cn/{z}/{x}/{y}\"onerror=1"), ("url", "https://a.cn/" + "a" * 500 + "{z}{x}{y}"),
        ("url", "https:///{z}/{x}/{y}"), ("url", ""), ("datum", "bd09"), ("datum", ""), ("attribution", ""),
        ("name", ""), ("name", "x" * 41), ("max_zoom", "0"), ("max_zoom", "23"), ("max_zoom", "²"),
        ("approval", "x" * 201),
    ],
)  # fmt: skip
def test_what_cannot_be_a_basemap_is_refused_with_a_reason(client: FlaskClient, field: str, value: str) -> None:
    answer = client.post("/basemaps", data={**GOOD, field: value})
    assert answer.status_code == 422 and 'class="note bad"' in answer.text
    with client.application.app_context(), session() as opened:
        assert basemaps.stored(opened) == []


def test_hostile_words_stay_text(client: FlaskClient) -> None:
    key = made(client, name="</script><b>x", attribution="<img src=x onerror=a()>", approval="${alert(1)}`")
    for path in (f"/map?base={key}", f"/map/part?base={key}", "/basemaps"):
        text = client.get(path).text
        assert "<img src=x" not in text and "</script><b>" not in text


def test_tianditu_is_two_layers_of_eight_hosts(client: FlaskClient) -> None:
    found = basemaps.tianditu("0123456789abcdef0123456789abcdef", "vec")
    filled = found.urls[0].replace("{s}", "3").replace("{z}", "9").replace("{x}", "428").replace("{y}", "206")
    assert filled == (
        "https://t3.tianditu.gov.cn/vec_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER=vec&STYLE=default"
        "&TILEMATRIXSET=w&FORMAT=tiles&TILEMATRIX=9&TILEROW=206&TILECOL=428&tk=0123456789abcdef0123456789abcdef"
    )
    assert "LAYER=cva&" in found.urls[1] and found.datum == "cgcs2000" and not found.shifted
    assert len(found.sources) == 8 and found.sources[7] == "https://t7.tianditu.gov.cn"
    client.post("/basemaps", data={"act": "tianditu", "tk": "0123456789abcdef0123456789abcdef", "form": "img"})
    shown = client.get("/basemaps").text
    assert "天地图·影像" in shown and "0123456789abcdef" not in shown and "tk=…" in shown
    for tk, form in (
        ("", "vec"),
        ("short", "vec"),
        ("x" * 65, "vec"),
        ("0123456789abcdef;*", "vec"),
        ("0" * 32, "ter"),
    ):
        with pytest.raises(BasemapError):
            basemaps.tianditu(tk, form)


def test_their_number_is_bounded(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(basemaps, "MOST", 1)
    assert client.post("/basemaps", data=GOOD).status_code == 302
    assert client.post("/basemaps", data=GOOD).status_code == 422
