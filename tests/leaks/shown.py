"""Leftovers of what is shown and confirmed beside the points: witnesses, examples, half-years, years before."""

from decimal import Decimal

from shared.db.attestations import Attestation
from shared.db.balances import Balance
from shared.db.examples import Example
from shared.db.half_years import HalfYear, HalfYearWord
from shared.db.imports import Import
from shared.db.plans import PlanStep
from tests.leaks.scene import AT, DAY, Scene, a_digest


def leave_shown(scene: Scene) -> None:
    """Leave a row in each of these tables."""
    recorder, said = scene.who("recorder"), scene.said
    scene.add(
        Attestation, notice_id=scene.quarter.notice_id, role=said, name=said, present_on=DAY,
        recorded_by=recorder, recorded_at=AT,
    )  # fmt: skip
    scene.add(
        Example, claim_id=scene.quarter.claims[0], member_id=scene.member, said=said, proposed_by=recorder,
        proposed_at=AT, with_picture=False, to_public=False, state="proposed",
    )  # fmt: skip
    made = scene.add(
        Import, kind="balances", name=said, file={}, lines={"lines": []}, places={}, counts={}, made_by=recorder,
        made_at=AT, state="done",
    )  # fmt: skip
    scene.add(
        Balance, member_id=scene.member, import_id=made, year=2024, points=Decimal(80), source=said,
        digest=a_digest(), entered_by=recorder, entered_at=AT,
    )  # fmt: skip
    scene.add(PlanStep, year=2026, step="goals", due_on=DAY)
    half_year = scene.add(HalfYear, year=2026, due_on=DAY, opened_at=AT, state="gathering")
    scene.add(HalfYearWord, half_year_id=half_year, member_id=scene.member, text=said, written_at=AT)
