"""The OpenAPI documents are valid, name every route, and no answer to whatever is asked contradicts them."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import hypothesis
import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase
from openapi_spec_validator import OpenAPIV30SpecValidator
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS
from signed_in import account, sign, stranger

from app.auth import tokens
from app.auth.tokens import TokenWish
from app.db import session

DOCUMENTS = {"api": "/api/v1/openapi.json", "ogc": "/api/ogc/api"}
EXAMPLES = 12
"""Requests an operation and kind of data: the whole stays well under a minute."""

CHECKED = (
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
    "response_schema_conformance", "negative_data_rejection", "ignored_auth", "unsupported_method",
)  # fmt: skip
"""Left out: that every value of the right form is taken; a county that does not exist is refused, though a text."""

KEYS = {
    "/api/v1/firms/": "919901010000000014", "/api/v1/places/": "building:990101:云帆大厦",
    "/api/v1/unions/": "union:joint1", "/api/v1/suggestions/": "building:990101:云帆大厦", "/api/v1/codes/": "level",
    "/items/": "building:990101:云帆大厦",
}  # fmt: skip


REAL = {"collection": "buildings"}


@pytest.fixture(scope="module")
def shown(app: Flask) -> str:
    with app.app_context(), session(write=True) as opened:
        return tokens.make(opened, TokenWish("test", 1, role="planner"), by="test", at=datetime.now(UTC))[1]


def document(app: Flask, name: str, language: str = "zh") -> dict[str, Any]:
    account(app)
    told: dict[str, Any] = sign(stranger(app)).get(DOCUMENTS[name], headers={"Accept-Language": language}).json
    return told


@pytest.mark.parametrize("name", DOCUMENTS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_document_is_valid_and_names_every_route(app: Flask, name: str, language: str) -> None:
    told = document(app, name, language)
    assert told["openapi"] == "3.0.3"
    OpenAPIV30SpecValidator(told).validate()
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith(f"{name}.")]
    assert set(told["paths"]) == {re.sub(r"<(?:path:)?(\w+)>", r"{\1}", rule.rule) for rule in rules}
    for path, item in told["paths"].items():
        assert set(item) - {"parameters"} == {"get"}, path
        assert {"200", "400"} <= set(item["get"]["responses"])


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_is_in_one_language_and_explains_every_argument_and_field(app: Flask, name: str) -> None:
    told, english = document(app, name), document(app, name, "en")
    assert "@" not in json.dumps(told) and "@" not in json.dumps(english)
    assert not re.search(r"[\u4e00-\u9fff]", json.dumps(english, ensure_ascii=False))
    code = re.compile(r"[a-z_0-9]+(\.[a-z_0-9]+)*")
    bare = []
    for path, item in english["paths"].items():
        assert item["get"]["summary"] and not code.fullmatch(item["get"]["summary"])
        for each in item["get"].get("parameters", []):
            if each["in"] == "query" and each.get("description", "") in ("", each["name"]):
                bare.append((path, each["name"]))
    for schema, said in english["components"]["schemas"].items():
        for field, each in said.get("properties", {}).items():
            if each.get("description", "x y") == field and field not in (
                "name", "town", "county", "zone", "building", "market", "street", "room", "floor", "source", "rank",
                "workers", "firms", "members", "covered", "village", "address", "level", "women",
            ):  # fmt: skip
                bare.append((schema, field))
    assert bare == []


def test_every_list_of_values_that_a_document_names_is_there(app: Flask) -> None:
    named = set()
    for name in DOCUMENTS:
        named |= set(re.findall(r'"x-codes": "([^"]+)"', json.dumps(document(app, name))))
    assert len(named) > 20
    visitor = sign(stranger(app))
    assert {path: visitor.get(path).status_code for path in named} == dict.fromkeys(named, 200)


def test_the_document_of_the_standard_says_what_the_standard_wants(app: Flask) -> None:
    """/req/core/fc-bbox-definition, fc-limit-definition, fc-time-definition."""
    items = document(app, "ogc")["paths"]["/api/ogc/collections/{collection}/items"]["get"]
    asked = {each["name"]: each for each in items["parameters"]}
    box, limit, time = (asked[name] for name in ("bbox", "limit", "datetime"))
    assert (box["style"], box["explode"], box["schema"]["type"]) == ("form", False, "array")
    assert (box["schema"]["minItems"], box["schema"]["maxItems"], box["schema"]["items"]["type"]) == (4, 6, "number")
    assert (limit["schema"]["type"], limit["schema"]["minimum"], limit["schema"]["maximum"]) == ("integer", 1, 10000)
    assert limit["schema"]["default"] == 100 and time["schema"]["type"] == "string"
    assert not any(each["required"] for each in (box, limit, time) if "required" in each)
    assert "application/geo+json" in items["responses"]["200"]["content"]


def strategies(operation: Any) -> Iterator[Any]:
    """What to ask of an operation: as described, by a key that there is, and not as described."""
    yield operation.as_strategy(GenerationMode.POSITIVE)
    names = [each.name for each in operation.path_parameters]
    if names:
        real = next(key for part, key in KEYS.items() if part in operation.path or part == "/items/")
        known = {name: REAL.get(name, real) for name in names}
        yield operation.as_strategy(GenerationMode.POSITIVE, path_parameters=known)
    if len(operation.query):
        yield operation.as_strategy(GenerationMode.NEGATIVE)


@pytest.mark.slow
@pytest.mark.parametrize("name", DOCUMENTS)
def test_no_request_makes_a_server_error_or_an_answer_against_the_document(
    app: Flask, shown: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tokens, "FAILURES_OF_ADDRESS", 10**6)
    headers = {"Authorization": f"Bearer {shown}", "Accept-Encoding": "identity"}
    schema = schemathesis.openapi.from_wsgi(DOCUMENTS[name], app, headers=headers)
    checks = CHECKS.get_by_names(list(CHECKED))
    asked: dict[int, int] = {}
    for found in schema.get_all_operations():
        for strategy in strategies(found.ok()):

            @hypothesis.settings(
                max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )  # fmt: skip
            @hypothesis.given(case=strategy)
            def probe(case: Any) -> None:
                answer = case.call(headers=headers)
                asked[answer.status_code] = asked.get(answer.status_code, 0) + 1
                case.validate_response(answer, checks=checks, headers=headers)

            probe()
    assert asked[200] > 50 and asked[400] > 50 and max(asked) < 500, asked
