"""Leftovers of what is shown and confirmed beside the points: witnesses of a total, good examples."""

from shared.db.attestations import Attestation
from shared.db.examples import Example
from tests.leaks.scene import AT, DAY, Scene


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
