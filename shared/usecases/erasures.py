"""Erasures: people ask that their files go before their term; the branch answers, and what is granted is gone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import hold, require, see
from shared.db.erasures import Erasure
from shared.db.evidence import Evidence
from shared.db.members import Member
from shared.domain.erasures import ANSWERED_WITHIN, ERASURE, ErasureCommand, ErasureState
from shared.domain.errors import Forbidden, Invalid, NotNow
from shared.domain.retention import by_request
from shared.domain.windows import local_day
from shared.usecases.carry_out import remark, step
from shared.usecases.messages import Audience, tell
from shared.usecases.retention import destroy, kept_days

NOT_OVER = "您交的材料所证明的事都还没有办完（积分入账、备案，没有未办结的异议），现在还不能销毁。"


@dataclass(frozen=True, slots=True)
class Kept:
    """What a member may know of their files: how many there are, how many could go now, the usual term in days."""

    files: int
    over: int
    days: int
    requests: Sequence[Erasure]

    @property
    def waiting(self) -> Erasure | None:
        """The request that nobody has answered yet."""
        return next((one for one in self.requests if one.state == ErasureState.ASKED), None)


def see_own_files(session: Session, actor: Actor) -> Kept:
    """Return how it stands with the files that whoever is signed in has handed in here."""
    member = _own(session, actor)
    asked = select(Erasure).filter_by(county_id=actor.county_id, member_id=member.id)
    return Kept(
        files=len(_files(session, member, False)),
        over=len(_files(session, member, True)),
        days=kept_days(session, actor.county_id),
        requests=session.scalars(asked.order_by(Erasure.asked_at.desc(), Erasure.id)).all(),
    )


def ask_erasure(session: Session, actor: Actor, reason: str, now: datetime) -> Erasure:
    """Ask that one's files go now; only those of matters that are over can."""
    member = _own(session, actor)
    if not reason.strip():
        raise Invalid("请写明为什么要提前销毁，支部据此答复。")
    kept = see_own_files(session, actor)
    if not kept.over:
        raise NotNow(NOT_OVER)
    if kept.waiting:
        raise NotNow("您的销毁申请已经收到，支部还没有答复。")
    made = Erasure(
        county_id=actor.county_id,
        unit_id=member.unit_id,
        member_id=member.id,
        person_id=member.person_id,
        reason=reason.strip(),
        asked_at=now,
        due_at=now + ANSWERED_WITHIN,
        state=ErasureState.ASKED,
        stage=0,
    )
    session.add(made)
    remark(session, actor, made, "ask_erasure", now, note=made.reason)
    said = f"{member.name}申请提前销毁自己交的材料，请在 15 天内答复。"
    tell(
        session,
        actor,
        member.unit_id,
        "erasure",
        made.id,
        said,
        Audience(roles=["secretary"], steps=[Action.ERASURE_ANSWER]),
        now,
    )
    return made


def withdraw_erasure(session: Session, actor: Actor, erasure_id: UUID, now: datetime) -> Erasure:
    """Take one's request back."""
    held = hold(session, actor, Action.ERASURE_ASK, Erasure, erasure_id)
    if actor.acting_for is not None:
        raise Forbidden("销毁材料的申请要本人办理。")
    step(session, actor, held, ERASURE, ErasureCommand.WITHDRAW, now)
    return held


def grant_erasure(session: Session, actor: Actor, erasure_id: UUID, now: datetime) -> Erasure:
    """Let go what the member has handed in and what is over; what is not stays until its term."""
    held = hold(session, actor, Action.ERASURE_ANSWER, Erasure, erasure_id)
    member = session.get_one(Member, (held.county_id, held.member_id))
    going = _files(session, member, True)
    held.answered_by, held.answered_at, held.files = actor.person_id, now, len(going)
    step(session, actor, held, ERASURE, ErasureCommand.GRANT, now, note=f"{len(going)} 份")
    for file in going:
        destroy(session, actor, file, by_request(local_day(held.asked_at)), now)
    _tell(session, actor, held, f"您申请提前销毁的 {len(going)} 份材料已销毁，只留校验码；积分和认定不变。", now)
    return held


def refuse_erasure(session: Session, actor: Actor, erasure_id: UUID, answer: str, now: datetime) -> Erasure:
    """Keep the files until their term, and say why in writing."""
    held = hold(session, actor, Action.ERASURE_ANSWER, Erasure, erasure_id)
    if not answer.strip():
        raise Invalid("请写明不同意的理由，例如“县里正在抽查本期积分，材料要留到抽查办结”。")
    held.answer, held.answered_by, held.answered_at = answer.strip(), actor.person_id, now
    step(session, actor, held, ERASURE, ErasureCommand.REFUSE, now, note=held.answer)
    _tell(session, actor, held, f"您提前销毁材料的申请没有同意：{held.answer}。不服的，可以向上一级投诉。", now)
    return held


def erasures_received(session: Session, actor: Actor) -> Sequence[tuple[Erasure, Member]]:
    """Return the branch's requests with whose they are: those that wait first, then the newest."""
    require(actor, Action.ERASURE_ANSWER)
    of_branch = (
        select(Erasure, Member)
        .join(Member, (Member.county_id == Erasure.county_id) & (Member.id == Erasure.member_id))
        .where(Erasure.county_id == actor.county_id, Erasure.unit_id == actor.unit_id)
        .order_by(Erasure.state != ErasureState.ASKED, Erasure.asked_at.desc(), Erasure.id)
    )
    return [(row[0], row[1]) for row in session.execute(of_branch)]


def _files(session: Session, member: Member, over: bool) -> Sequence[Evidence]:
    """What a member has handed in here and is still there; `over`: that of matters that are over."""
    own = select(Evidence).filter_by(
        county_id=member.county_id, unit_id=member.unit_id, added_by=member.person_id, removed_at=None
    )
    if over:
        since = func.jifen.over_since(Evidence.county_id, Evidence.subject_kind, Evidence.subject_id)
        own = own.where(since.is_not(None))
    return session.scalars(own.order_by(Evidence.added_at, Evidence.id)).all()


def _own(session: Session, actor: Actor) -> Member:
    if actor.acting_for is not None or actor.member_id is None:
        raise Forbidden("销毁材料的申请要党员本人办理。")
    return see(session, actor, Action.ERASURE_ASK, Member, actor.member_id)


def _tell(session: Session, actor: Actor, held: Erasure, said: str, now: datetime) -> None:
    tell(session, actor, held.unit_id, "erasure", held.id, said, Audience([held.person_id]), now)
