"""Joint unions for firms too small for their own; ``suggest`` calls seats, engine, check and reasons in order."""

from geo.joint.check import CheckError
from geo.joint.options import JointOptions, OptionError
from geo.joint.reasons import LEFT_CODES
from geo.joint.suggestions import Suggested, suggest

__all__ = ["LEFT_CODES", "CheckError", "JointOptions", "OptionError", "Suggested", "suggest"]
