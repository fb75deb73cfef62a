"""Saved views: what a page shows, kept under a name, opened again, shared with the office."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as Redirect

from app import query, saved, store
from app.auth import signed
from app.current import scope, sketch
from app.db import session as database
from app.errors import NoSurveyError, NotFoundError
from app.maps import view, words
from app.models import SavedView
from app.reports import notes
from geo.errors import AtlasError

bp = Blueprint("saved", __name__, url_prefix="/saved")

CONFLICT, UNPROCESSABLE, FORBIDDEN = 409, 422, 403
LISTED = 12
"""Views that the box on a page offers; the list has all."""

Page = Redirect | str | tuple[str, int]


class RefusedError(AtlasError):
    """A view cannot be kept as asked; the message is for the page."""

    code = "BAD_REQUEST"


@bp.get("")
def index() -> str:
    """List one's own views and those shared."""
    return _list()


@bp.get("/<key>")
def show(key: str) -> Redirect:
    """Go to the page of a view, without what no longer is there, which is told."""
    with database() as opened:
        found = _found(opened, key)
        page, pairs, name = found.page, [(each[0], each[1]) for each in found.args], found.name
    gone = saved.refused(page, pairs)
    if gone:
        told = "、".join(f"{part}={value}" for part, value in gone)[:200]
        flash(_("视图“%(name)s”里的这些条件已不存在，没有采用：%(what)s", name=name, what=told), "warn")
    return redirect(saved.address(page, [pair for pair in pairs if pair not in gone]))


@bp.post("")
def keep() -> Page:
    """Keep what a page shows under a name; a name that one has used already has to be confirmed."""
    return _keep(shared=False)


@bp.post("/shared")
def publish() -> Page:
    """Keep what a page shows and share it."""
    return _keep(shared=True)


@bp.post("/<key>")
def change(key: str) -> Page:
    """Give a view another name (``act=rename``) or delete it (``act=delete``)."""
    act = request.form.get("act", "")
    try:
        with database(write=True) as opened:
            found = _own(opened, key, others=act == "delete")
            if act == "delete":
                opened.delete(found)
                signed.note(opened, "view_deleted", found.name, owner=found.owner)
            elif act == "rename":
                name = _name()
                _free(opened, found.owner, name, besides=found.key)
                signed.note(opened, "view_changed", name, before=found.name)
                found.name = name
            else:
                raise RefusedError(_("这个回答用不上"))
    except RefusedError as error:
        return _list(str(error)), UNPROCESSABLE
    flash(_("视图已删除。") if act == "delete" else _("视图已改名。"), "ok")
    return redirect(url_for("saved.index"))


@bp.post("/<key>/share")
def share(key: str) -> Redirect:
    """Share a view of one's own with the office, or no longer (``act=withdraw``)."""
    with database(write=True) as opened:
        found = _own(opened, key)
        found.shared = request.form.get("act") != "withdraw"
        signed.note(opened, "view_changed", found.name, shared=found.shared)
    flash(_("视图已共享。") if request.form.get("act") != "withdraw" else _("视图不再共享。"), "ok")
    return redirect(url_for("saved.index"))


@bp.app_template_global("saved_views")
def saved_views(page: str) -> list[SavedView]:
    """Return the views of a page that the caller may open."""
    with database() as opened:
        found = store.views.seen(opened, scope(), signed.login(), page)
        opened.expunge_all()
    return found


@bp.app_template_global("saved_url")
def saved_url(one: SavedView) -> str:
    """Return the address that opens a view on its own day."""
    return url_for("saved.show", key=one.key, on=next((value for name, value in one.args if name == "on"), None))


def _keep(*, shared: bool) -> Page:
    page, text = request.form.get("page", ""), request.form.get("state", "")
    pairs = saved.state_of(page, text)
    try:
        with database(write=True) as opened:
            name = _name()
            there = store.views.named(opened, signed.login(), name) is not None
            if there and not request.form.get("over"):
                return _taken(page, text, name, shared=shared), CONFLICT
            if not there and store.views.count(opened, signed.login()) >= saved.MOST_VIEWS:
                raise RefusedError(_("已存 %(n)s 个视图，请先删去不用的。", n=saved.MOST_VIEWS))
            kept = store.views.keep(opened, saved.area(pairs, scope()), signed.login(), name, page=page, args=pairs)
            kept.shared = kept.shared or shared
            signed.note(opened, "view_saved", name, page=page, shared=kept.shared)
    except RefusedError as error:
        return _list(str(error)), UNPROCESSABLE
    except IntegrityError:  # the same name at the same moment, from another window
        return _taken(page, text, name, shared=shared), CONFLICT
    flash(_("视图“%(name)s”已保存。", name=name), "ok")
    return redirect(saved.address(page, pairs))


def _taken(page: str, state: str, name: str, *, shared: bool) -> str:
    return render_template("saved/taken.html", page=page, state=state, name=name, shared=shared)


def _name() -> str:
    name = saved.name_of(request.form.get("name", ""))
    if not name:
        raise RefusedError(_("请给视图取名，最多 %(n)s 个字，不含看不见的字符。", n=saved.MOST_NAME))
    return name


def _free(opened: Session, owner: str, name: str, *, besides: str) -> None:
    other = store.views.named(opened, owner, name)
    if other is not None and other.key != besides:
        raise RefusedError(_("您已有一个叫“%(name)s”的视图。", name=name))


def _found(opened: Session, key: str) -> SavedView:
    found = store.views.find(opened, scope(), signed.login(), key)
    if found is None:
        raise NotFoundError(f"no view {key!r}")
    return found


def _own(opened: Session, key: str, *, others: bool = False) -> SavedView:
    """Return a view of one's own; of ``others`` too, where they have shared it and one sees to accounts."""
    found = _found(opened, key)
    if found.owner != signed.login() and not (others and signed.may("accounts")):
        abort(FORBIDDEN)
    return found


def _list(fault: str = "") -> str:
    with database() as opened:
        listed = store.views.seen(opened, scope(), signed.login())
        opened.expunge_all()
    rows = [(one, _told(one)) for one in listed]
    return render_template("saved/page.html", rows=rows, fault=fault, me=signed.login(), pages=_pages())


def _pages() -> dict[str, str]:
    return {"map": _("地图"), "compare": _("地图对比"), "gaps": _("空白点")}


def _told(one: SavedView) -> str:
    """Return in words what a view shows."""
    args = MultiDict((name, value) for name, value in one.args)
    told: list[str] = []
    if one.page != "gaps":
        shown = view.read(args)
        told += [str(words.MEASURES[shown.measure]), str(words.FORMS[shown.by])]
        told += [str(words.KINDS[shown.kind])] if shown.by == "place" else []
        told += [_("画出的范围内")] if shown.shape else []
    try:
        conditions: list[Any] = notes.conditions(sketch(), query.read(args))
    except NoSurveyError:
        conditions = []
    told += [f"{name}：{value}" for name, value in conditions]
    return " · ".join([*told, *([args["on"]] if args.get("on") else [])])
