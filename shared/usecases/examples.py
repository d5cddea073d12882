"""Good examples: proposed for a confirmed deed, shown while their member agrees, seen on the branch's board."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import able, hold, require, see
from shared.db.claims import Claim
from shared.db.evidence import Evidence
from shared.db.examples import Example, pictures, shown
from shared.db.members import Member
from shared.db.rules import book_for
from shared.domain.claims import ClaimState
from shared.domain.errors import Forbidden, Invalid, NotFound, NotNow
from shared.domain.evidence import MediaType
from shared.domain.examples import EXAMPLE, ExampleCommand, ExampleState, words_faults
from shared.domain.windows import local_day
from shared.usecases.books import book_of
from shared.usecases.carry_out import remark, step
from shared.usecases.evidence import File, evidence_of
from shared.usecases.messages import Audience, tell
from shared.usecases.places import Place, instant

OPEN = (ExampleState.PROPOSED, ExampleState.SHOWN)


@dataclass(frozen=True, slots=True)
class Showing:
    """An example with whose it is, and the picture that hangs or would hang beside it, if there is one."""

    example: Example
    name: str
    picture: Evidence | None


def proposable(session: Session, actor: Actor, claim_id: UUID) -> tuple[Claim, Member, Sequence[Evidence]]:
    """Return a confirmed deed that nobody proposes yet, whose it is, and its pictures."""
    claim = see(session, actor, Action.EXAMPLE_PROPOSE, Claim, claim_id)
    if claim.state != ClaimState.CONFIRMED:
        raise NotNow("已确认的申报才能推荐为先锋亮绩。")
    member = session.get_one(Member, (actor.county_id, claim.member_id))
    found = evidence_of(session, actor.county_id, claim.id)
    return claim, member, [one for one in found if one.media_type != MediaType.PDF and one.removed_at is None]


def propose_example(
    session: Session, actor: Actor, claim_id: UUID, said: str, picture_id: UUID | None, now: datetime
) -> Example:
    """Propose a deed in words that everybody may read; its member is asked, and nothing is shown before."""
    claim, member, kept = proposable(session, actor, claim_id)
    hold(session, actor, Action.EXAMPLE_PROPOSE, Claim, claim.id)
    if faults := words_faults(said):
        raise Invalid(*faults)
    if picture_id is not None and picture_id not in {one.id for one in kept}:
        raise Invalid("请从这项申报的照片里选一张。")
    there = select(Example.id).filter_by(county_id=actor.county_id, claim_id=claim.id)
    if session.scalar(there.where(Example.state.in_(OPEN))) is not None:
        raise NotNow("这一件已经推荐过。")
    example = Example(
        county_id=actor.county_id,
        unit_id=claim.unit_id,
        claim_id=claim.id,
        member_id=member.id,
        said=said.strip(),
        picture_id=picture_id,
        proposed_by=actor.person_id,
        proposed_at=now,
        with_picture=False,
        to_public=False,
        state=EXAMPLE.initial,
    )
    session.add(example)
    remark(session, actor, example, "propose", now)
    text = "支部想把您做的一件事展示在先锋亮绩里，请您看看同不同意；不同意不影响积分。"
    tell(session, actor, claim.unit_id, "example", example.id, text, Audience([member.person_id]), now)
    return example


def answer_example(
    session: Session, actor: Actor, example_id: UUID, agrees: bool, with_picture: bool, now: datetime
) -> Example:
    """Agree or not, oneself: the words as they stand, and the picture apart."""
    example = _own(session, actor, example_id)
    if not agrees:
        step(session, actor, example, EXAMPLE, ExampleCommand.DECLINE, now)
        return example
    example.agreed_at, example.to_public = now, board_is_public(session, actor, now)
    example.with_picture = with_picture and example.picture_id is not None
    note = "同意展示照片" if example.with_picture else "不展示照片" if example.picture_id else None
    step(session, actor, example, EXAMPLE, ExampleCommand.CONSENT, now, note=note)
    return example


def revoke_example(session: Session, actor: Actor, example_id: UUID, now: datetime) -> None:
    """Take one's consent back; from this moment nobody sees it any more."""
    step(session, actor, _own(session, actor, example_id), EXAMPLE, ExampleCommand.REVOKE, now)


def take_down_example(session: Session, actor: Actor, example_id: UUID, now: datetime) -> None:
    """Take an example off the board, or the question back."""
    example = hold(session, actor, Action.EXAMPLE_PROPOSE, Example, example_id)
    step(session, actor, example, EXAMPLE, ExampleCommand.TAKE_DOWN, now)


def _own(session: Session, actor: Actor, example_id: UUID) -> Example:
    example = hold(session, actor, Action.EXAMPLE_ANSWER, Example, example_id)
    if actor.acting_for is not None or example.member_id != actor.member_id:
        raise Forbidden("展示不展示由本人决定，不能代办。")
    return example


def board_is_public(session: Session, actor: Actor, now: datetime) -> bool:
    """Whether the branch's board is everybody's to read under the book in force today."""
    issued = book_for(session, actor.county_id, actor.unit_id, local_day(now))
    return issued is not None and book_of(session, actor.county_id, issued.id).procedure.public_board


def see_example(session: Session, actor: Actor, example_id: UUID) -> tuple[Showing, bool]:
    """Return what a member is asked, or has agreed to, and whether the board is everybody's to read."""
    require(actor, Action.EXAMPLE_ANSWER)
    example = session.get(Example, (actor.county_id, example_id))
    if example is None or example.member_id != actor.member_id:
        raise NotFound("没有请您同意的这件事。")
    public = board_is_public(session, actor, instant(session, actor))
    return _showings(session, actor, [example])[0], public


def examples_of(session: Session, actor: Actor) -> tuple[list[Showing], list[Showing]]:
    """Return the actor's own examples, and for who proposes them all of the branch, the newest first."""
    here = select(Example).filter_by(county_id=actor.county_id, unit_id=actor.unit_id)
    everybody = session.scalars(here.order_by(Example.proposed_at.desc(), Example.id)).all()
    mine = [one for one in everybody if actor.member_id is not None and one.member_id == actor.member_id]
    branch = everybody if able(actor, Action.EXAMPLE_PROPOSE) else ()
    return _showings(session, actor, mine), _showings(session, actor, branch)


def _showings(session: Session, actor: Actor, examples: Sequence[Example]) -> list[Showing]:
    names = select(Member.id, Member.name).where(
        Member.county_id == actor.county_id, Member.id.in_([one.member_id for one in examples])
    )
    named = dict(session.execute(names).tuples().all())
    found = [one.picture_id for one in examples if one.picture_id]
    kept = select(Evidence).where(Evidence.county_id == actor.county_id, Evidence.id.in_(found))
    pictured = {row.id: row for row in session.scalars(kept) if row.removed_at is None}
    return [Showing(one, named[one.member_id], pictured.get(one.picture_id or one.id)) for one in examples]


def examples_asked(session: Session, actor: Actor) -> Sequence[Example]:
    """Return what waits for the actor's own word, oldest first."""
    asked = select(Example).filter_by(county_id=actor.county_id, member_id=actor.member_id)
    return session.scalars(asked.filter_by(state=ExampleState.PROPOSED).order_by(Example.proposed_at)).all()


def examples_on_board(session: Session, actor: Actor, place: Place, public: bool) -> tuple[Showing, ...]:
    """Return what hangs on a board for whoever looks at it; `public` whether the board is everybody's to read."""
    stranger = actor.roles == frozenset({"public"})
    if stranger and not public:
        return ()
    rows = shown(session, place.county_id, place.unit_id, stranger)
    kept = pictures(session, place.county_id, [row[0] for row in rows])
    return tuple(Showing(example, name, kept.get(example.id)) for example, name in rows)


def see_picture(session: Session, actor: Actor, place: Place, public: bool, example_id: UUID) -> File:
    """Return the picture that hangs beside an example, to whoever sees it there."""
    for one in examples_on_board(session, actor, place, public):
        if one.example.id == example_id and one.picture is not None:
            return File(one.picture.name, MediaType(one.picture.media_type), one.picture.digest)
    raise NotFound("没有这张照片，或者本人没有同意展示。")
