"""What belongs to one street; every distance can be set by the caller."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CourseOptions:
    """What belongs together (metres; our own choices, looked at on a map of central Shanghai).

    ``beside``: carriageways of one street lie at most so far apart. ``gap``: pieces so near are one street even
    around a corner; ``straight_gap``: pieces so near are one street if it goes straight on. ``arm``: an arm shorter
    than this, or than ``arm_share`` of the course, is left out.
    """

    beside: float = 60.0
    gap: float = 500.0
    straight_gap: float = 2_000.0
    straight: float = 0.85
    arm: float = 200.0
    arm_share: float = 0.25
