"""The interface for programs: ``/api/v1`` and OGC API – Features, read-only, by token, within the token's area."""

from flask import Flask, Response, abort, request

from app import problems
from app.api import blueprint, catalogue, documents, figures, firms, forms, ogc, places, unions

MOST_BODY = 2**16
"""Bytes that a request may carry though nothing is ever read of them."""

TOO_LARGE = 413

PARTS = (catalogue, figures, places, firms, unions)
"""Modules whose resources make up ``/api/v1``."""


def init_app(app: Flask) -> None:
    """Register both documents with their resources."""
    app.before_request(_bound)
    app.after_request(_finish)
    for name, found in (("API", blueprint.v1), ("OGC", ogc.ogc)):
        documents.attach(app, name, found)


def _bound() -> None:
    if problems.asked_for() and (request.content_length or 0) > MOST_BODY:
        abort(TOO_LARGE)


def _finish(answer: Response) -> Response:
    return forms.compressed(answer) if problems.asked_for() else answer
