"""Gates of positions: what is told about a layer before it is imported, so that no wrong datum is plotted silently."""

from geo.registry.gates.known import SPOTS, Known, gather
from geo.registry.gates.layer import STOPS, Counted, guess_crs, outside_city, severity, stops, sum_up
from geo.registry.gates.readings import OVER, READINGS
from geo.registry.gates.rows import coarse_points, decimals, far_from_county, outside_all
from geo.registry.gates.verdict import Evidence, Verdict, judge_datum

__all__ = [
    "OVER",
    "READINGS",
    "SPOTS",
    "STOPS",
    "Counted",
    "Evidence",
    "Known",
    "Verdict",
    "coarse_points",
    "decimals",
    "far_from_county",
    "gather",
    "guess_crs",
    "judge_datum",
    "outside_all",
    "outside_city",
    "severity",
    "stops",
    "sum_up",
]
