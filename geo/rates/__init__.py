"""Honest rates of places: shrunken, with intervals; flags beyond chance; funnels; what unknown firms leave open.

Firms are the units that are drawn. Workers of one firm are not independent, so nothing here tests a rate of workers.
"""

from geo.rates.association import local_moran
from geo.rates.flags import flag, gi_star
from geo.rates.funnel import funnel
from geo.rates.kernel import Ratio, density, ratio
from geo.rates.neighbours import of_areas, of_hexagons
from geo.rates.shrinkage import Prior, posterior, prior, smooth, smooth_locally
from geo.rates.unknown import bounds

__all__ = [
    "Prior",
    "Ratio",
    "bounds",
    "density",
    "flag",
    "funnel",
    "gi_star",
    "local_moran",
    "of_areas",
    "of_hexagons",
    "posterior",
    "prior",
    "ratio",
    "smooth",
    "smooth_locally",
]
