"""How an address is put to a service: cleaned, with the city before it, and short enough, its end kept."""

import re

from app.providers.provider import Provider, Query
from geo.text import normalise

_PREFIXES = (
    re.compile(r"^.{2,8}?(?:省|自治区)"),
    re.compile(r"^.{2,8}?市(?=.)"),
    re.compile(r"^.{1,8}?[市县区](?=.)"),
    re.compile(r"^.{1,10}?(?:街道|镇|乡|开发区)(?=.)"),
    re.compile(r"^.{1,10}?(?:村委会|居委会|社区|村)(?=.)"),
)
"""What an address begins with, from the coarsest on; the city is told beside it and the door matters most."""


def query(provider: Provider, address: str, city: str, city_name: str) -> Query | None:
    """Return the question about an address as a register writes it, None for one that says nothing.

    Names of roads with 市 or 区 in them may lose their beginning when a very long address is cut: what is cut is told
    by the query that is stored with the answer.
    """
    text = normalise(address).text
    core = city_name.removesuffix("市")
    if len(text.rpartition(city_name)[2] if city_name else text) < 2:
        return None
    whole = text if core and core in text else city_name + text
    return Query(shorten(whole, provider.longest), city, city_name)


def shorten(text: str, longest: int) -> str:
    """Cut the beginning of an address until it has ``longest`` bytes of UTF-8 at most; 0 is no limit."""
    if not longest:
        return text
    for prefix in _PREFIXES:
        if len(text.encode()) <= longest:
            return text
        text = prefix.sub("", text, count=1)
    while len(text.encode()) > longest:
        text = text[1:]
    return text
