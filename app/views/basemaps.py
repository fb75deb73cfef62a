"""Basemaps from outside: set up, switched on and off, by an administrator."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Redirect

from app import basemaps
from app.auth import signed
from app.basemaps import BasemapError
from app.db import session as database
from app.errors import NotFoundError

bp = Blueprint("basemaps", __name__, url_prefix="/basemaps")

UNPROCESSABLE = 422


EXAMPLE = "https://host/{z}/{x}/{y}.png"
"""How a template of tiles is written."""


@bp.get("")
def index() -> str:
    """List the basemaps, with forms for new ones."""
    return _page()


@bp.post("")
def make() -> Redirect | tuple[str, int]:
    """Set up a basemap: Tianditu by a key (``act=tianditu``) or tiles by a template. It is off until switched on."""
    try:
        if request.form.get("act") == "tianditu":
            form = {name: request.form.get(name, "").strip() for name in ("tk", "form", "approval")}
            made = basemaps.tianditu(form["tk"], form["form"], form["approval"])
        else:
            made = basemaps.template(request.form)
        with database(write=True) as opened:
            listed = basemaps.stored(opened)
            if len(listed) >= basemaps.MOST:
                raise BasemapError("too many", detail={"faults": ["most"]})
            basemaps.keep(opened, [*listed, made])
            signed.note(opened, "change", f"basemap {made.name}", hosts=made.hosts, datum=made.datum)
    except BasemapError as error:
        return _page(error.detail["faults"]), UNPROCESSABLE
    flash(_("底图“%(name)s”已登记，还没有启用。", name=made.name), "ok")
    return redirect(url_for("basemaps.index"))


@bp.post("/<key>")
def change(key: str) -> Redirect:
    """Switch a basemap (``act=on``, ``act=off``) or take it out (``act=delete``)."""
    act = request.form.get("act", "")
    with database(write=True) as opened:
        listed = basemaps.stored(opened)
        found = next((each for each in listed if each.key == key), None)
        if found is None or act not in ("on", "off", "delete"):
            raise NotFoundError(f"no basemap {key!r}")
        rest = [each for each in listed if each.key != key]
        basemaps.keep(opened, rest if act == "delete" else basemaps.switched(listed, key, on=act == "on"))
        signed.note(opened, "change", f"basemap {found.name}", act=act, hosts=found.hosts)
    return redirect(url_for("basemaps.index"))


@bp.app_template_global("basemap_choices")
def choices() -> list[tuple[str, str]]:
    """Return key and name of the basemaps that can be chosen, our own first."""
    return [("", _("本机底图")), *((each.key, each.name) for each in basemaps.offered())]


def _page(faults: list[str] | None = None) -> str:
    words = {
        "tk": _("密钥是 16–64 位字母数字。"),
        "form": _("请选矢量或影像。"),
        "name": _("请填名称，最多 %(n)s 个字。", n=basemaps.MOST_NAME),
        "url": _("地址须以 http:// 或 https:// 开头，含 {z}、{x}、{y} 各处，不含别的花括号、空格和账号。"),
        "datum": _("请选坐标系。百度图块的切法不同，用不上。"),
        "attribution": _("请填图上要写的来源。"),
        "approval": _("审图号太长。"),
        "max_zoom": _("最大级别是 1–%(n)s 的整数。", n=basemaps.MOST_ZOOM),
        "most": _("最多登记 %(n)s 个底图。", n=basemaps.MOST),
    }
    with database() as opened:
        listed = basemaps.stored(opened)
    said = [words[fault] for fault in faults or []]
    return render_template(
        "basemaps/page.html", listed=listed, faults=said, basemaps=basemaps, form=request.form, example=EXAMPLE
    )
