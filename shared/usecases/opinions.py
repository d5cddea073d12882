"""Opinions: the group leader says of a claim whether it was done, and how well."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import hold, may, see
from shared.db.claims import Claim, Opinion
from shared.db.members import Member
from shared.domain.claims import ClaimState
from shared.domain.errors import Forbidden, NotNow
from shared.usecases.carry_out import remark


def give_opinion(
    session: Session, actor: Actor, claim_id: UUID, done: bool, quality: str, now: datetime
) -> Opinion:
    """Sign an opinion on a submitted claim of one's own group; never on one's own claim."""
    claim = hold(session, actor, Action.OPINION_GIVE, Claim, claim_id)
    member = see(session, actor, Action.BOARD_SEE, Member, claim.member_id)
    if not may(actor, Action.OPINION_GIVE, member):
        raise Forbidden("只能为本党小组党员的申请签署意见。")
    if claim.member_id == actor.member_id:
        raise Forbidden("不能为自己的申请签署意见，请由支部指定其他党员签署。")
    if claim.state != ClaimState.SUBMITTED:
        raise NotNow("申请提交后、支委会审核前才能签署意见。")
    opinion = Opinion(
        county_id=actor.county_id,
        unit_id=claim.unit_id,
        claim_id=claim.id,
        person_id=actor.person_id,
        done=done,
        quality=quality,
        given_at=now,
    )
    session.add(opinion)
    remark(session, actor, claim, "opinion", now, note=f"{'已完成' if done else '未完成'}，{quality}")
    return opinion
