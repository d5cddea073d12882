"""Good examples: which deed is shown on a branch's board, in which words, to whom its member has agreed."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Row, select, text
from sqlalchemy.orm import Mapped, Session

from shared.db.base import Stateful, one_of, to
from shared.db.claims import Claim
from shared.db.evidence import Evidence
from shared.db.members import Member
from shared.domain.claims import ClaimState
from shared.domain.examples import ExampleState


class Example(Stateful):
    """A confirmed deed proposed to be shown. `said` hangs word for word as its member has agreed to it.

    `picture_id` is what is proposed to hang beside it, `with_picture` whether its member agrees to that too;
    `to_public` whether the board was everybody's to read when they agreed: to others it is not shown.
    """

    __tablename__ = "example"
    __table_args__ = (
        to("unit", "unit_id"),
        to("claim", "claim_id"),
        to("member", "member_id"),
        to("evidence", "picture_id"),
        to("person", "proposed_by"),
        one_of("state", ExampleState),
        CheckConstraint("state <> 'shown' OR agreed_at IS NOT NULL", name="shown_with_consent"),
        CheckConstraint("with_picture IS FALSE OR picture_id IS NOT NULL", name="picture_is_there"),
        Index(
            "uq_example_open",
            "county_id",
            "claim_id",
            unique=True,
            postgresql_where=text("state IN ('proposed', 'shown')"),
        ),
        Index("ix_example_member", "county_id", "member_id"),
    )

    claim_id: Mapped[UUID]
    member_id: Mapped[UUID]
    said: Mapped[str]
    picture_id: Mapped[UUID | None]
    proposed_by: Mapped[UUID]
    proposed_at: Mapped[datetime]
    agreed_at: Mapped[datetime | None]
    with_picture: Mapped[bool]
    to_public: Mapped[bool]


def shown(session: Session, county_id: UUID, unit_id: UUID, public: bool) -> Sequence[Row[tuple[Example, str]]]:
    """Return what hangs on a unit's board, the newest first; for the public only what was agreed to for them.

    A deed that is taken up again meanwhile is not shown until it has been confirmed anew.
    """
    wanted = (
        select(Example, Member.name)
        .join(Claim, (Claim.county_id == Example.county_id) & (Claim.id == Example.claim_id))
        .join(Member, (Member.county_id == Example.county_id) & (Member.id == Example.member_id))
        .where(
            Example.county_id == county_id,
            Example.unit_id == unit_id,
            Example.state == ExampleState.SHOWN,
            Claim.state == ClaimState.CONFIRMED,
        )
    )
    if public:
        wanted = wanted.where(Example.to_public)
    return session.execute(wanted.order_by(Example.agreed_at.desc(), Example.id)).all()


def pictures(session: Session, county_id: UUID, examples: Sequence[Example]) -> dict[UUID, Evidence]:
    """Return the pictures that may hang beside these examples and are still there, by example."""
    agreed = {one.picture_id: one.id for one in examples if one.with_picture and one.picture_id}
    kept = select(Evidence).where(Evidence.county_id == county_id, Evidence.id.in_(agreed))
    return {agreed[row.id]: row for row in session.scalars(kept.where(Evidence.removed_at.is_(None)))}
