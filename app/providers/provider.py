"""What an online service is to the atlas: how it is asked, how its answers and its faults are read, what it costs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from geo.errors import AtlasError


@dataclass(frozen=True)
class Query:
    """An address to ask about. ``city`` is the six-digit code of a prefecture or municipality, ``name`` its name."""

    address: str
    city: str
    name: str


@dataclass(frozen=True)
class Answer:
    """What a service said: degrees as delivered, in ``datum``; ``level`` is ours, ``level_word`` the service's.

    ``lon`` and ``lat`` None: it knows nothing. ``score``: its own confidence from 0 to 1, None if it gives none.
    """

    datum: str
    lon: float | None = None
    lat: float | None = None
    level: str = "none"
    level_word: str = ""
    score: float | None = None
    text: str = ""


STOP, WAIT, SKIP = "stop", "wait", "skip"
DOES: Mapping[str, str] = {
    "PROVIDER_KEY": STOP,
    "PROVIDER_QUOTA": STOP,
    "PROVIDER_LIMIT": STOP,
    "PROVIDER_RATE": WAIT,
    "PROVIDER_BUSY": WAIT,
    "PROVIDER_TIMEOUT": WAIT,
    "PROVIDER_UNREACHABLE": WAIT,
    "PROVIDER_MALFORMED": WAIT,
    "PROVIDER_REFUSED": SKIP,
}
"""What a fault means for the asking: stop for today, wait and try the same again, or go on with the next address."""


class ProviderError(AtlasError):
    """A service gave no answer; ``code`` is one of ``DOES``, ``detail`` has what it said itself."""

    code = "PROVIDER_BUSY"

    @property
    def does(self) -> str:
        """What follows: stop · wait · skip."""
        return DOES[self.code]


class Provider(Protocol):
    """A service as a plug-in: no state, no network, no clock; ``app.providers.asking`` does the rest.

    ``name`` is its code in ``data/codes``, where its name, terms and licence are said; ``datum`` what it is asked to
    deliver; ``levels`` its level words → our levels; ``longest`` the most bytes of an address, 0 for no limit.
    """

    name: str
    datum: str
    url: str
    levels: Mapping[str, str]
    longest: int

    def parameters(self, query: Query, key: str) -> dict[str, str]:
        """Return the parameters of the request."""
        ...

    def read(self, payload: Any) -> Answer:
        """Read the JSON of a response.

        Raises
        ------
        ProviderError
            With the code that the service's own status means, ``PROVIDER_MALFORMED`` if the JSON is not as documented.
        """
        ...


def fault(code: str, name: str, said: Any = "", status: Any = "") -> ProviderError:
    """Return the fault of a service with what it said."""
    detail = {"provider": name, "said": str(said)[:200], "status": str(status)[:40]}
    return ProviderError(f"{name}: {code} {status} {said}".strip(), code=code, detail=detail)


def number(value: Any, name: str) -> float:
    """Return a coordinate of a response as a number.

    Raises
    ------
    ProviderError
        ``PROVIDER_MALFORMED`` if it is none.
    """
    try:
        found = float(value)
    except (TypeError, ValueError):
        raise fault("PROVIDER_MALFORMED", name, value) from None
    if found != found or found in (float("inf"), float("-inf")):
        raise fault("PROVIDER_MALFORMED", name, value)
    return found
