"""Rounds: the work of a month or quarter as a list of steps, each leading to where it is done."""

from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath

from services.api.web.envelope import Asked
from services.api.web.pages import page
from services.api.web.permissions import for_action
from services.api.web.sessions import Db, Who
from shared.authz.actions import Action
from shared.usecases.agendas import see_agenda, see_rounds

SEE = for_action(Action.ROUND_SEE)
# By kind of step: what is to be done, where, and how what is left or there is said.
STEPS = {
    "collect": ("收申报", "/rounds/{round}/claims", "已收 {number} 项"),
    "record": ("登记出勤和加减分", "/rounds/{round}/records", "已登记 {number} 条"),
    "opinion": ("党小组长签意见", "/rounds/{round}/claims", "还有 {left} 项没有签"),
    "word": ("部门反馈意见", "/rounds/{round}/claims", "还有 {left} 项在等反馈"),
    "decide": ("支委会审核申报", "/rounds/{round}/claims", "还有 {left} 项没有审核"),
    "score": ("评议小组评分", "/scores", "还有 {left} 项没有评出"),
    "propose": ("支委会提出初步意见", "/rounds/{round}/lines", "有 {left} 人由大会退回"),
    "compile": ("汇总本期积分", "/rounds/{round}/lines", ""),
    "meet": ("党员大会评定", "/meetings", ""),
    "hear": ("党员大会通报", "/meetings", ""),
    "publish": ("公示", "/notices", ""),
    "confirm": ("支部认定", "/rounds/{round}/lines", "还有 {left} 项申报没有审核"),
    "settle": ("期满登记入账", "/notices", "还有 {left} 人没有入账"),
    "file": ("上报备案", "/filings", ""),
}
OF_SUBJECT = {"publish": "/notices/{id}", "file": "/filings/{id}"}


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
        return page(request, "rounds/show.html", agenda=seen, words=STEPS, of_subject=OF_SUBJECT)


HANDLERS = [rounds, agenda]
