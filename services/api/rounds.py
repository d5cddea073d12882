"""Rounds: the work of a month or quarter as a list of steps, each leading to where it is done."""

from collections.abc import Callable
from typing import NamedTuple
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath

from services.api.web.envelope import Asked
from services.api.web.pages import page
from services.api.web.permissions import for_action
from services.api.web.sessions import Db, Someone, Who
from shared.authz.actions import Action
from shared.authz.gate import able
from shared.usecases.agendas import Step, see_agenda, see_rounds

SEE = for_action(Action.ROUND_SEE)


class Way(NamedTuple):
    """What a step is called, who may go where it is done, and how what is left or there is said."""

    title: str
    action: Action
    address: str
    left: str = ""


STEPS = {
    "collect": Way("收申报", Action.ROUND_SEE, "/rounds/{round}/claims", "已收 {number} 项"),
    "record": Way("登记出勤和加减分", Action.RECORD_SEE, "/rounds/{round}/records", "已登记 {number} 条"),
    "opinion": Way("党小组长签意见", Action.ROUND_SEE, "/rounds/{round}/claims", "还有 {left} 项没有签"),
    "word": Way("部门反馈意见", Action.ROUND_SEE, "/rounds/{round}/claims", "还有 {left} 项在等反馈"),
    "decide": Way("支委会审核申报", Action.ROUND_SEE, "/rounds/{round}/claims", "还有 {left} 项没有审核"),
    "score": Way("评议小组评分", Action.SCORE_GIVE, "/scores", "还有 {left} 项没有评出"),
    "propose": Way("支委会提出初步意见", Action.LINE_SEE, "/rounds/{round}/lines", "有 {left} 人由大会退回"),
    "compile": Way("汇总本期积分", Action.LINE_SEE, "/rounds/{round}/lines"),
    "meet": Way("党员大会评定", Action.MEETING_SEE, "/meetings"),
    "hear": Way("党员大会通报", Action.MEETING_SEE, "/meetings"),
    "publish": Way("公示", Action.NOTICE_SEE, "/notices"),
    "confirm": Way("支部认定", Action.LINE_SEE, "/rounds/{round}/lines", "还有 {left} 项申报没有审核"),
    "settle": Way("期满登记入账", Action.NOTICE_SEE, "/notices", "还有 {left} 人没有入账"),
    "file": Way("上报备案", Action.FILING_SEE, "/filings"),
}
OF_SUBJECT = {"publish": "/notices/{id}", "file": "/filings/{id}"}
BESIDES = (
    Way("登记出勤和加减分", Action.RECORD_ENTER, "/rounds/{round}/records"),
    Way("录入纸质申报", Action.RECORD_ENTER, "/rounds/{round}/paper"),
    Way("情况反映", Action.REPORT_SETTLE, "/reports"),
    Way("要打的电话", Action.CALL_RECORD, "/calls"),
)


@get("/rounds", opt=SEE, sync_to_thread=True)
def rounds(request: Asked, db: Db, who: Who) -> Response[str]:
    """List the branch's rounds, the one that is under way first."""
    with who.acting(db) as session:
        return page(request, "rounds/list.html", rounds=see_rounds(session, who.actor))


@get("/rounds/{round_id:uuid}", opt=SEE, sync_to_thread=True)
def agenda(request: Asked, db: Db, who: Who, round_id: FromPath[UUID]) -> Response[str]:
    """Show a round's steps."""
    with who.acting(db) as session:
        seen = see_agenda(session, who.actor, round_id)
        besides = [way for way in BESIDES if able(who.actor, way.action)]
        return page(request, "rounds/show.html", agenda=seen, besides=besides, way_of=_way_of(who, round_id))


def _way_of(who: Someone, round_id: UUID) -> Callable[[Step], tuple[str, str, str]]:
    """Return what says a step's title, its address where this person may go there, and what is left of it."""

    def way(step: Step) -> tuple[str, str, str]:
        title, action, address, left = STEPS[step.kind]
        if step.subject_id is not None:
            address = OF_SUBJECT[step.kind].format(id=step.subject_id)
        reached = step.when != "later" and able(who.actor, action)
        said = left.format(left=step.left, number=step.number) if step.left or step.number else ""
        return title, address.format(round=round_id) if reached else "", said

    return way


HANDLERS = [rounds, agenda]
