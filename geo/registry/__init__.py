"""Registries read: columns recognised by their names, rows checked, every fault told with row, column and reason."""

from geo.registry.cells import BadCell
from geo.registry.columns import Header, Matching, find_header, match_columns
from geo.registry.enterprises import ESTIMATED, check_enterprises, check_headcounts
from geo.registry.faults import COLUMNS as FAULT_COLUMNS
from geo.registry.faults import NOTE, REJECT, SEVERITY, SKIP, SKIPPED, WARN, severity, weight
from geo.registry.identity import (
    column_kind,
    county_names,
    enterprise_key,
    membership_key,
    place_key,
    town_names,
    union_key,
)  # fmt: skip
from geo.registry.osm import ATTRIBUTION, credited
from geo.registry.osm import COLUMNS as OSM_COLUMNS
from geo.registry.places import KINDS, check_divisions, check_places, check_villages
from geo.registry.positions import check_positions
from geo.registry.reading import Checked, Setting
from geo.registry.unions import check_members, check_unions
from geo.registry.words import Words, parse_words

__all__ = [
    "ATTRIBUTION",
    "ESTIMATED",
    "FAULT_COLUMNS",
    "KINDS",
    "NOTE",
    "OSM_COLUMNS",
    "REJECT",
    "SEVERITY",
    "SKIP",
    "SKIPPED",
    "WARN",
    "BadCell",
    "Checked",
    "Header",
    "Matching",
    "Setting",
    "Words",
    "check_divisions",
    "check_enterprises",
    "check_headcounts",
    "check_members",
    "check_places",
    "check_positions",
    "check_unions",
    "check_villages",
    "column_kind",
    "county_names",
    "credited",
    "enterprise_key",
    "find_header",
    "match_columns",
    "membership_key",
    "parse_words",
    "place_key",
    "severity",
    "town_names",
    "union_key",
    "weight",
]
