"""Audits in the panel: every look at somebody's points stands there, for the audit administrator alone."""

import pytest

from shared.db.session import Db, acting
from shared.usecases.looks import look_at_statement
from tests.admin.people import Browser
from tests.builders import FOUNDED, Branch

pytestmark = pytest.mark.long


def test_a_look_is_shown_with_who_looked_at_whose_and_no_figure(
    audit: Browser, system: Browser, security: Browser, branch: Branch, db: Db
) -> None:
    looked, whose = branch["discipline"], branch.members[0]
    with acting(db, branch.county_id, branch.unit_id) as session:
        look_at_statement(session, looked, whose.id, FOUNDED)

    said = audit.opens("/look/list")

    assert looked.name in said
    assert whose.name in said
    assert "查看记录" in audit.opens("/")
    for other in (system, security):
        other.opens("/look/list", 403)


def test_what_was_drawn_is_shown_without_what_was_found(system: Browser) -> None:
    assert "积分抽查" in system.opens("/audit/list")
