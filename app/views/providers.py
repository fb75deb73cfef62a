"""Online services: which are switched on, what was used of their quotas, and what their terms ask."""

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, render_template

from app import providers, store
from app.config import ConfigError, settings
from app.db import session
from app.models import ProviderCandidate
from app.providers import Means, Service

bp = Blueprint("providers", __name__, url_prefix="/providers")

SHOWN = 6
"""Answers shown about one thing to decide."""


@bp.get("")
def index() -> str:
    """Show every service there is a plug-in for; keys are never shown."""
    fault, found = "", []
    try:
        found = providers.services(settings())
    except ConfigError as error:
        fault = str(error)
    with session() as opened:
        used = store.providers.summary(opened, Means().today())
    lines = [_line(service, used.get(service.name, {})) for service in found]
    return render_template("providers/page.html", listed=lines, fault=fault, days=settings().provider_days)


def _line(service: Service, used: dict[str, Any]) -> dict[str, Any]:
    counts = {name: used.get(name) or 0 for name in ("calls", "answers", "candidates", "fits")}
    told = {name: used.get(name) for name in ("oldest", "spent", "fault")}
    its = {name: getattr(service, name) for name in ("name", "on", "quota", "rate", "cost")}
    return {**its, **counts, **told, "datum": service.provider.datum, "key": bool(service.key)}


@bp.app_template_global("online_answers")
def online_answers(keys: Iterable[str]) -> list[ProviderCandidate]:
    """Return the answers of online services about firms, each once, those that fit first."""
    with session() as opened:
        found = store.providers.candidates(opened, [str(key) for key in keys])
        opened.expunge_all()
    every = {(candidate.provider, candidate.query): candidate for part in found.values() for candidate in part}
    return sorted(every.values(), key=lambda candidate: not candidate.fits)[:SHOWN]
