"""One request to an online service: the only place of the atlas that leaves the machine, and only when asked to."""

import json
from collections.abc import Callable, Mapping
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from app.providers.provider import fault

TIMEOUT_S = 10.0
MOST_BYTES = 1_000_000

Fetch = Callable[[str, Mapping[str, str], str], Any]
"""``fetch(url, parameters, name of the service)`` → the JSON of the response."""


class _Stay(HTTPRedirectHandler):
    """A service that sends elsewhere is not followed: the key would go with it."""

    def redirect_request(self, *_: Any) -> None:
        """Return no request."""


_OPENER = build_opener(_Stay)


def fetch(url: str, parameters: Mapping[str, str], name: str) -> Any:
    """Return the JSON that a service answers.

    Raises
    ------
    ProviderError
        ``PROVIDER_TIMEOUT``, ``PROVIDER_UNREACHABLE``, ``PROVIDER_BUSY`` (HTTP 5xx), ``PROVIDER_RATE`` (429),
        ``PROVIDER_KEY`` (401, 403 without JSON), ``PROVIDER_MALFORMED`` (no JSON, or far too much of it). The key is in
        no message.
    """
    if urlsplit(url).scheme not in ("http", "https"):
        raise fault("PROVIDER_UNREACHABLE", name, f"{url} is no web address")
    request = Request(f"{url}?{urlencode(parameters)}", headers={"User-Agent": "union-coverage-atlas"})  # noqa: S310
    try:
        with _OPENER.open(request, timeout=TIMEOUT_S) as answer:
            return _json(answer.read(MOST_BYTES + 1), name)
    except HTTPError as error:
        return _refused(error, name)
    except TimeoutError:
        raise fault("PROVIDER_TIMEOUT", name, f"{TIMEOUT_S:.0f} s") from None
    except URLError as error:
        code = "PROVIDER_TIMEOUT" if isinstance(error.reason, TimeoutError) else "PROVIDER_UNREACHABLE"
        raise fault(code, name, error.reason) from None
    except (HTTPException, OSError) as error:
        raise fault("PROVIDER_UNREACHABLE", name, type(error).__name__) from None


def _json(body: bytes, name: str) -> Any:
    if len(body) > MOST_BYTES:
        raise fault("PROVIDER_MALFORMED", name, f"more than {MOST_BYTES} bytes")
    try:
        return json.loads(body.decode("utf-8"))
    except ValueError:
        raise fault("PROVIDER_MALFORMED", name, body[:80].decode("utf-8", "replace")) from None


def _refused(error: HTTPError, name: str) -> Any:
    """Read what came with an HTTP error: a service that says in JSON what is wrong is heard."""
    with error:
        if error.code >= 500:
            raise fault("PROVIDER_BUSY", name, error.reason, error.code)
        if error.code == 429:
            raise fault("PROVIDER_RATE", name, error.reason, error.code)
        try:
            payload = json.loads(error.read(MOST_BYTES).decode("utf-8"))
        except (ValueError, OSError):
            payload = None
        if isinstance(payload, dict) and payload.keys() & {"status", "code", "infocode"}:
            return payload
        code = "PROVIDER_KEY" if error.code in (401, 403, 418) else "PROVIDER_REFUSED"
        raise fault(code, name, error.reason, error.code)
