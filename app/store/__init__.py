"""What is stored, in and out, as the frames of ``geo.frames``; every query takes the caller's scope."""

from app.store import (
    cases,
    contacts,
    decisions,
    headcounts,
    imports,
    lines,
    providers,
    settings,
    steps,
    surveys,
    targets,
    tasks,
    views,
    zones,
)
from app.store.layers import HEADCOUNTS, LAYERS
from app.store.reading import count, find, firm_names, inputs, read, whereabouts
from app.store.scope import CITY, Scope
from app.store.versions import data_version, input_version
from app.store.writing import Outcome, write

__all__ = [
    "CITY",
    "HEADCOUNTS",
    "LAYERS",
    "Outcome",
    "Scope",
    "cases",
    "contacts",
    "count",
    "data_version",
    "decisions",
    "find",
    "firm_names",
    "headcounts",
    "imports",
    "input_version",
    "inputs",
    "lines",
    "providers",
    "read",
    "settings",
    "steps",
    "surveys",
    "targets",
    "tasks",
    "views",
    "whereabouts",
    "write",
    "zones",
]
