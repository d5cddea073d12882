"""The description: sound OpenAPI 3.1, speaks of every endpoint, and can be read without a script from anywhere."""

import re
from collections.abc import Iterator
from typing import Any

from jsonschema import Draft202012Validator

from services.api.routes import ROUTES
from services.api.v1.description import openapi, operations
from services.api.v1.routes import ENDPOINTS
from services.api.web.permissions import KEY
from shared.authz.actions import Action
from shared.domain.tokens import SCOPES
from tests.api.conftest import Browser


def references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        yield from (value for name, value in part.items() if name == "$ref")
        part = list(part.values())
    for one in part if isinstance(part, list) else []:
        yield from references(one)


def test_the_description_is_served_under_both_addresses(browser: Browser) -> None:
    said = browser.get("/api/openapi.json")

    assert said.json()["openapi"] == "3.1.0"
    assert browser.get("/api/v1/openapi.json").content == said.content


def test_every_endpoint_is_described_and_every_reference_leads_somewhere() -> None:
    told = openapi()
    described = {(path, method) for path, methods in told["paths"].items() for method in methods}
    named = {f"#/components/{kind}/{name}" for kind in told["components"] for name in told["components"][kind]}

    assert described == {(re.sub(r":\w+}", "}", path), method.lower()) for path, method, _ in operations()}
    assert {one for one in ROUTES if one in ENDPOINTS} == set(ENDPOINTS)
    assert set(references(told)) <= named


def test_every_shape_is_a_sound_schema_and_says_what_its_fields_mean() -> None:
    for name, schema in openapi()["components"]["schemas"].items():
        Draft202012Validator.check_schema(schema)
        assert schema.get("description"), name


def test_the_scopes_are_the_actions_that_endpoints_serve() -> None:
    served = {str(one.opt[KEY]) for one in ENDPOINTS if isinstance(one.opt[KEY], Action)}

    assert served <= set(SCOPES)
    assert set(SCOPES) <= set(Action)


def test_the_page_needs_no_script_and_nothing_from_elsewhere(browser: Browser) -> None:
    page = browser.get("/api/v1").text

    assert "接口文档" in page
    assert "/api/v1/claims/{claim_id}/withdraw" in page
    assert 'id="not-found"' in page
    assert not re.findall(r"(?:src|href)=\"(?:https?:)?//", page)
