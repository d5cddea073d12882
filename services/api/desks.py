"""Desks: 待办, what waits for whoever is signed in, under when it is due; and what they have done lately."""

from typing import NamedTuple

from litestar import Response, get

from services.api.web.envelope import Asked
from services.api.web.pages import page
from services.api.web.permissions import SIGNED_IN
from services.api.web.sessions import Db, Who
from shared.usecases.desks import done_lately, see_desk
from shared.usecases.tasks import Task


class Way(NamedTuple):
    """What a kind of task asks for, verb first, and the address at which it is done."""

    title: str
    address: str


WAYS = {
    "opinion": Way("给 {number} 项申报签小组意见", "/rounds/{id}/claims"),
    "decide": Way("审核 {number} 项申报", "/rounds/{id}/claims"),
    "score": Way("给 {number} 项申报评分", "/scores"),
    "agree": Way("商定 {number} 项申报的分数", "/scores"),
    "finish": Way("把评分交支委会", "/scores"),
    "propose": Way("提出初步意见", "/rounds/{id}/lines"),
    "compile": Way("汇总本期积分", "/rounds/{id}/lines"),
    "confirm_lines": Way("作支部认定", "/rounds/{id}/lines"),
    "meet": Way("召开党员大会评定", "/meetings"),
    "draft": Way("拟公示稿", "/notices/new"),
    "review": Way("审核公示稿（含保密审查）", "/notices/{id}"),
    "approve": Way("审批公示稿", "/notices/{id}"),
    "publish": Way("张贴公示", "/notices/{id}"),
    "confirm": Way("核实异议人身份", "/inquiries/{id}"),
    "assign": Way("指定异议调查人", "/inquiries/{id}/investigator"),
    "investigate": Way("调查异议，写下情况", "/inquiries/{id}/findings"),
    "answer": Way("答复异议", "/inquiries/{id}/answer"),
    "appeal": Way("认定申诉", "/inquiries/{id}/decision"),
    "submit": Way("上报备案材料", "/filings/{id}"),
    "receive": Way("接收备案材料", "/filings/{id}"),
    "check_lines": Way("核查抽到的积分", "/audits/{id}"),
    "file": Way("办理备案", "/filings/{id}"),
    "word": Way("反馈部门意见", "/words/{id}"),
    "report": Way("核实情况反映", "/reports/{id}"),
    "approve_book": Way("审批积分细则的草稿", "/books/drafts/{id}"),
    "grant_policy": Way("批准职责分工", "/policies/{id}"),
    "grant_yardstick": Way("批准提示和评定的尺度", "/yardsticks"),
    "complaint": Way("答复投诉建议", "/complaints/{id}"),
    "erasure": Way("答复销毁材料的申请", "/erasures"),
    "transfer": Way("接收转来的党员", "/changes/{id}"),
    "look_again": Way("办理快到期的事", "/changes"),
    "outcome": Way("研究结果运用的建议或申诉", "/outcomes/{id}"),
    "follow": Way("落实结果运用", "/outcomes/{id}"),
    "half_way": Way("作 {number} 份年度目标的年中检查", "/goals"),
    "open_half_year": Way("布置半年小结", "/half-years"),
    "open_evaluation": Way("开始年度民主评议", "/appraisals/new"),
    "begin_vote": Way("收个人总结，开始民主测评", "/appraisals/{id}"),
    "tally": Way("发票、计票", "/votes/{id}/tally"),
    "propose_results": Way("提出评议意见", "/appraisals/{id}/proposal"),
    "publish_results": Way("公示评议结果", "/appraisals/{id}"),
    "answer_verdict": Way("答复对评议结果的异议", "/verdicts/{id}/answer"),
}
# What the clock does next, for a desk on which nothing lies.
COMING = {
    "close_claims": "申报截止，之后开始审核",
    "close_window": "公示期满，没有异议的登记入账",
    "lapse": "申诉期满",
    "finish": "办结的异议落实到积分",
    "end_rounds": "本期积分办结",
    "close_half_year": "半年小结截止归档",
}
# Where something that was done can be looked at again.
PLACES = {
    "claim": "/claims/{id}",
    "objection": "/inquiries/{id}",
    "notice": "/notices/{id}",
    "round": "/rounds/{id}",
    "filing": "/filings/{id}",
    "report": "/reports/{id}",
}


def title_of(task: Task) -> str:
    """Return what a task asks for."""
    return WAYS[task.kind].title.format(number=task.number)


def address_of(task: Task) -> str:
    """Return where it is done."""
    return WAYS[task.kind].address.format(id=task.subject_id)


@get("/desk", opt=SIGNED_IN, sync_to_thread=True)
def desk(request: Asked, db: Db, who: Who) -> Response[str]:
    """Show what waits, overdue first."""
    with who.acting(db) as session:
        seen = see_desk(session, who.actor)
    return page(
        request, "desks/desk.html", desk=seen, title_of=title_of, address_of=address_of, coming_words=COMING
    )


@get("/desk/done", opt=SIGNED_IN, sync_to_thread=True)
def done(request: Asked, db: Db, who: Who) -> Response[str]:
    """Show what somebody has done in the last month."""
    with who.acting(db) as session:
        steps = done_lately(session, who.actor)
    return page(request, "desks/done.html", steps=steps, places=PLACES)


HANDLERS = [desk, done]
