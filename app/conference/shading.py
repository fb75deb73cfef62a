"""What maps of one pack share: the values by place, and one scale for one measure wherever it is drawn."""

import pandas as pd

from app import palette
from app.conference.content import Content
from app.maps import classes


def shown(content: Content, table: pd.DataFrame, figure: str) -> pd.Series:
    """Return a figure by place as maps draw it: what is not told has no value."""
    values = [content.value(row, figure) for _key, row in table.iterrows()]
    return pd.Series(values, index=table.index, dtype="float64")


def before(content: Content) -> pd.Series | None:
    """Return the counties' rates on the day that today is held against, None without one."""
    past = content.year.before
    if past is None:
        return None
    return shown(content, past.figures("county").reindex(content.counties.index), "rate")


def scale(content: Content, figure: str) -> classes.Classes:
    """Return the classes of the counties' ``rate`` (today's and the earlier day's together) or of a count."""
    now = shown(content, content.counties, figure)
    if figure != "rate":
        return classes.of_counts(now)
    then = before(content)
    return classes.of_rates((now if then is None else pd.concat([now, then])).to_numpy(), palette.COVERED)
