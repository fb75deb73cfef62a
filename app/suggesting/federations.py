"""Where a federation over existing unions may be offered, of the survey that is read; worked out once."""

import pandas as pd

from app.reading import Reading
from geo.joint.federations import offers


def listed(read: Reading) -> pd.DataFrame:
    """Return ``geo.joint.federations.offers`` by the options of the survey."""
    survey = read.survey
    return read.kept.get("federations", lambda: offers(survey.firms, survey.unions, options=survey.joint))
