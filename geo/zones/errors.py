"""What the zone editor refuses, each with its code, what, where, and what would be right."""

from geo.errors import AtlasError


class ShapeError(AtlasError):
    """A drawn shape or line cannot be taken as it is.

    ``detail["repaired"]`` is a GeoJSON geometry where a repair is clear, with ``before_m2``, ``after_m2`` and
    ``changed_m2``; nothing is repaired unless the caller sends that geometry.
    """

    code = "SHAPE"


class LockedError(AtlasError):
    """An operation would change a locked zone; ``detail["zones"]`` names those."""

    code = "ZONE_LOCKED"


class OperationError(AtlasError):
    """An operation cannot be done on this plan: unknown zone, line that does not cut, nothing left of a zone."""

    code = "OPERATION"
