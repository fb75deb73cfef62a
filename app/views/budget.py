"""The error budget: how many wrong answers the office allows without a person, and what that means for its firms."""

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Redirect

from app import budget, confidence, reviewer
from app.arguments import asks
from app.confidence import locate_options
from app.current import reading
from app.db import session
from app.reading import Reading
from app.views.quality import of
from geo.geocode.confidence import wilson
from geo.quality import Taken

bp = Blueprint("budget", __name__, url_prefix="/quality/budget")

UNPROCESSABLE = 422


@dataclass(frozen=True)
class Choice:
    """A budget, the confidence it asks for (above 1: nothing is taken), how tried answers fared, what firms become.

    ``at_most`` is the share of errors that so many tried answers cannot rule out.
    """

    share: float
    threshold: float
    tried: int
    wrong: int
    at_most: float
    taken: Taken


@bp.get("")
@asks("share")
def show() -> str:
    """Show what each budget would mean; ``share`` (per cent) is one more to look at."""
    return _page(request.args.get("share", ""))


@bp.post("")
def save() -> Redirect | tuple[str, int]:
    """Keep the budget chosen, with who and when; the next survey goes by it."""
    text = request.form.get("other", "").strip() or request.form.get("share", "")
    share = budget.typed(text)
    if share is None:
        return _page(text, _wrong()), UNPROCESSABLE
    with session(write=True) as opened:
        budget.keep(opened, share, reviewer.name())
    flash(_("已保存：自动采用的答案最多允许错 %(p)s%%。下一次计算起按此办理。", p=f"{share * 100:g}"), "ok")
    return redirect(url_for("budget.show"))


def _wrong() -> str:
    return _("请填大于 0、不超过 %(most)s%% 的百分数，如 0.5。", most=f"{budget.MOST * 100:g}")


def _page(text: str, error: str = "") -> str:
    read, more = reading(), budget.typed(text) if text else None
    with session() as opened:
        now = budget.in_force(opened)
    shares = sorted({*budget.CHOICES, now.share, *((more,) if more else ())})
    if text and more is None and not error:
        error = _wrong()
    return render_template(
        "quality/budget.html", read=read, now=now, choices=[_choice(read, share) for share in shares], text=text,
        chosen=more or now.share, error=error, reviewer=reviewer.name(), fitted=confidence.fitted(),
    )  # fmt: skip


def _choice(read: Reading, share: float) -> Choice:
    threshold = locate_options(share).threshold
    fitted = confidence.fitted()
    tried, wrong = fitted.above(threshold) if fitted else (0, 0)
    _, at_most = wilson(wrong, tried)
    return Choice(share, threshold, tried, wrong, at_most, of(read).taken_from(threshold))
