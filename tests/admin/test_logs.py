"""The log of the panel: a line for each request by the template of its address, and no secret."""

import pytest
from starlette.types import ASGIApp

from shared.db.session import Db
from tests.admin.people import Browser, a_browser, a_code_of, an_administrator
from tests.builders import Branch
from tests.telemetry.lines import parsed, written
from tests.usecases.people import PASSWORD


def test_who_signs_in_leaves_lines_without_password_and_code(panel: ASGIApp, db: Db, branch: Branch) -> None:
    actor, signer = an_administrator(db, branch, "audit_administrator")
    browser = a_browser(panel)
    code = a_code_of(db, actor, signer)
    with written(level=10) as stream:
        browser.opens("/sign-in")
        browser.sends("/sign-in", name=signer.name, password=PASSWORD)
        browser.sends("/sign-in/code", 422, code="000000")
        browser.sends("/sign-in/code", code=code)

    lines = [line for line in parsed(stream) if line["logger"] == "jifen.access"]
    assert {line["route"] for line in lines} >= {"/sign-in", "/sign-in/code", "/"}
    for secret in (PASSWORD, signer.name, code, *browser.client.cookies.values()):
        assert secret not in stream.getvalue()


@pytest.mark.long
def test_a_line_names_no_row_and_has_the_number_that_went_out(system: Browser, branch: Branch) -> None:
    with written() as stream:
        system.opens("/unit/list")
        listed = system.page
        system.opens("/nothing/of/the/kind", 404)

    assert listed is not None
    first, second = parsed(stream)
    assert first["route"] == "/{identity}/list"
    assert first["request"] == listed.headers["X-Request-ID"]
    assert second["route"] == "none"
