"""Joint unions for firms too small for their own; ``suggest`` calls seats, engine, check and reasons in order."""

from geo.joint import edits
from geo.joint.asked import Proof
from geo.joint.check import CheckError
from geo.joint.existing import existing
from geo.joint.options import JointOptions, OptionError
from geo.joint.reasons import LEFT_CODES
from geo.joint.suggestions import EXCLUDED, Suggested, laid_out, suggest

__all__ = [
    "EXCLUDED", "LEFT_CODES", "CheckError", "JointOptions", "OptionError", "Proof", "Suggested", "edits", "existing",
    "laid_out", "suggest",
]  # fmt: skip
