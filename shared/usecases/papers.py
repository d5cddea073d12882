"""Papers: which there are, each made from the row that it belongs to, for whoever may see that row."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.domain.errors import NotFound
from shared.papers.layouts import Paper
from shared.usecases import half_year_papers as halves
from shared.usecases import matter_papers as matters
from shared.usecases import member_papers as members
from shared.usecases import notice_papers as notices
from shared.usecases import result_papers as outward
from shared.usecases import round_papers as rounds
from shared.usecases.wishes import Kind, Wish

RECORD, OBJECTION = Action.RECORD_SEE, Action.OBJECTION_SEE
KINDS: Mapping[str, Kind] = {
    "application": Kind("党员积分申请表", "member", RECORD, members.application),
    "statement": Kind("党员积分明细表", "member", RECORD, members.statement),
    "records": Kind("党员积分管理记录表", "member", RECORD, members.record_sheet),
    "card": Kind("党员积分登记卡", "member", RECORD, members.card),
    "booklet": Kind("党员积分制管理手册", "member", RECORD, members.booklet),
    "exemption": Kind("不参加积分制管理党员审批表", "member", Action.MEMBER_SEE, members.exemption),
    "ledger": Kind("党员积分台账", "round", RECORD, rounds.ledger),
    "overview": Kind("党员积分情况一览表", "round", RECORD, rounds.overview),
    "reading": Kind("积分宣读稿", "round", RECORD, rounds.reading),
    "flow": Kind("党员积分制管理流程图", "round", Action.ROUND_SEE, rounds.flow),
    "register": Kind("年度党员积分登记表", "year", RECORD, rounds.register),
    "totals": Kind("年度党员积分汇总表", "year", RECORD, rounds.totals),
    "results": Kind("年度积分结果使用表", "year", RECORD, outward.results),
    "half_year": Kind("半年小结", "half_year", Action.GOAL_FOLLOW, halves.half_year),
    "ballot": Kind("民主评议党员测评表", "appraisal", Action.APPRAISAL_SEE, matters.ballot),
    "poster": Kind("公示", "notice", Action.NOTICE_SEE, notices.poster),
    "report": Kind("公示情况报告", "notice", Action.NOTICE_SEE, notices.report, editable=True),
    "minutes": Kind("会议记录", "meeting", Action.MEETING_SEE, matters.minutes),
    "acceptance": Kind("异议受理通知书", "objection", OBJECTION, matters.of_matter(matters.acceptance_of), True),
    "feedback": Kind("异议调查情况反馈", "objection", OBJECTION, matters.of_matter(matters.feedback_of), True),
    "answer": Kind("异议答复书", "objection", OBJECTION, matters.of_matter(matters.answer_of), True),
    "filing": Kind("党员积分上报备案表", "filing", Action.FILING_SEE, matters.filing),
    "correction": Kind("限期整改通知书", "outcome", Action.OUTCOME_SEE, matters.correction, editable=True),
}
# What a member prints of their own.
OWN = ("application", "statement", "records", "card", "booklet")


def paper_of(session: Session, actor: Actor, name: str, row_id: UUID, wish: Wish) -> Paper:
    """Return a paper by its name; NotFound for a name that is none, else whatever its row's own check says."""
    if name not in KINDS:
        raise NotFound("没有这种纸面材料。")
    return KINDS[name].make(session, actor, row_id, wish)
