"""Appraisals: the year's end of a branch, from everybody's own summary to the result that the year takes."""

from datetime import datetime
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.orm import Session
from wtforms import IntegerField, RadioField, StringField, TextAreaField

from services.api.web.acts import attempt
from services.api.web.checks import between, filled, given, short
from services.api.web.doors import Secret
from services.api.web.envelope import Asked
from services.api.web.fields import DayField
from services.api.web.forms import Form, Posted, Sent
from services.api.web.pages import page
from services.api.web.permissions import for_action
from services.api.web.sessions import Db, Someone, Who
from shared.authz.actions import Action
from shared.domain.appraisals import Proposal
from shared.domain.ballots import Purpose
from shared.domain.windows import end_of_day, local_day
from shared.usecases.appraisals import begin_vote, open_evaluation, propose_results, repeat_vote
from shared.usecases.evaluations import see_evaluation, see_evaluations
from shared.usecases.places import instant
from shared.usecases.self_reports import PARTS, Summary, reports_of, write_self_report

SEE, RUN = for_action(Action.APPRAISAL_SEE), for_action(Action.APPRAISAL_RUN)
PROPOSE, WRITE = for_action(Action.APPRAISAL_PROPOSE), for_action(Action.APPRAISAL_WRITE)
MOST = 3000


class OpenForm(Form):
    """Which year, and until when everybody writes their summary."""

    year = IntegerField("哪一年？", [filled("请填写年份"), between(2000, 2100, "年份不对")])
    until = DayField("个人总结哪一天前交？", [filled("请填写日期")])


class VoteForm(Form):
    """Which vote, and until when."""

    purpose = RadioField(
        "开始哪一项？",
        [filled("请选择开始哪一项")],
        choices=[(str(Purpose.MUTUAL), "党员互评（只供参考）"), (str(Purpose.APPRAISAL), "民主测评")],
        default=str(Purpose.APPRAISAL),
    )
    until = DayField("哪一天截止？", [filled("请填写日期")], description="到这一天 24:00。")


class ReportForm(Form):
    """One's own summary, under the heads of the paper form."""

    study = TextAreaField(
        PARTS["study"],
        [short(MOST)],
        description="学了什么，有什么收获。",
        render_kw={"maxlength": MOST, "rows": 8},
    )
    work = TextAreaField(
        PARTS["work"],
        [short(MOST)],
        description="做了哪些事，做得怎样。",
        render_kw={"maxlength": MOST, "rows": 8},
    )
    life = TextAreaField(PARTS["life"], [short(MOST)], render_kw={"maxlength": MOST, "rows": 6})
    gaps = TextAreaField(PARTS["gaps"], [short(MOST)], render_kw={"maxlength": MOST, "rows": 6})


class ProposalForm(Form):
    """The minute of the committee's proposal; each member's result and reason are boxes of their own."""

    minute = StringField("会议记录编号", [filled("请填写会议记录编号"), short(40)])


@get("/appraisals", opt=SEE, sync_to_thread=True)
def appraisals(request: Asked, db: Db, who: Who) -> Response[str]:
    """List the branch's appraisals."""
    with who.acting(db) as session:
        found = see_evaluations(session, who.actor)
    return page(request, "appraisals/list.html", evaluations=found)


@get("/appraisals/new", opt=RUN, sync_to_thread=True)
def begin(request: Asked, db: Db, who: Who) -> Response[str]:
    """Ask which year, and until when."""
    with who.acting(db) as session:
        today = local_day(instant(session, who.actor))
        # In the first months of a year it is the last one's turn.
        year = today.year if today.month > 6 else today.year - 1
        form = OpenForm.opened(session, who.actor, request.url.path, year=year)
    return page(request, "appraisals/new.html", form=form)


@post("/appraisals/new", opt=RUN, sync_to_thread=True)
def open_(request: Asked, db: Db, who: Who, sent: Sent) -> Response[str] | Redirect:
    """Begin a year's appraisal."""
    form = OpenForm(sent)

    def act(session: Session, now: datetime) -> str:
        made = open_evaluation(session, who.actor, given(form.year.data), given(form.until.data), now)
        return f"/appraisals/{made.id}"

    return attempt(db, who, form, act) or page(request, "appraisals/new.html", 422, form=form)


@get("/appraisals/{evaluation_id:uuid}", opt=SEE, sync_to_thread=True)
def appraisal(request: Asked, db: Db, who: Who, evaluation_id: FromPath[UUID]) -> Response[str]:
    """Show where an appraisal stands, and what this person may do next."""
    return _shown(request, db, who, evaluation_id, "appraisals/show.html", Form())


@get("/appraisals/{evaluation_id:uuid}/report", opt=WRITE, sync_to_thread=True)
def report(request: Asked, db: Db, who: Who, evaluation_id: FromPath[UUID]) -> Response[str]:
    """Ask for one's own summary, with what was handed in before."""
    with who.acting(db) as session:
        seen = see_evaluation(session, who.actor, evaluation_id)
        before = {name: getattr(seen.report, name) for name in PARTS} if seen.report else {}
        form = ReportForm.opened(session, who.actor, request.url.path, **before)
    return page(request, "appraisals/report.html", seen=seen, form=form)


@post("/appraisals/{evaluation_id:uuid}/report", opt=WRITE, sync_to_thread=True)
def hand_in(
    request: Asked, db: Db, who: Who, sent: Sent, evaluation_id: FromPath[UUID]
) -> Response[str] | Redirect:
    """Take the summary."""
    form = ReportForm(sent)

    def act(session: Session, now: datetime) -> str:
        said = Summary(**{name: form[name].data or "" for name in PARTS})
        write_self_report(session, who.actor, evaluation_id, said, now)
        return f"/appraisals/{evaluation_id}"

    done = attempt(db, who, form, act, "交了年度个人总结")
    return done or _shown(request, db, who, evaluation_id, "appraisals/report.html", form)


@get("/appraisals/{evaluation_id:uuid}/reports", opt=SEE, sync_to_thread=True)
def reports(request: Asked, db: Db, who: Who, evaluation_id: FromPath[UUID]) -> Response[str]:
    """Show everybody's summaries, to be read out before the vote."""
    with who.acting(db) as session:
        seen = see_evaluation(session, who.actor, evaluation_id)
        found = reports_of(session, who.actor, seen.evaluation)
    return page(request, "appraisals/reports.html", seen=seen, reports=found, parts=PARTS)


@get("/appraisals/{evaluation_id:uuid}/vote", opt=RUN, sync_to_thread=True)
def vote(request: Asked, db: Db, who: Who, evaluation_id: FromPath[UUID]) -> Response[str]:
    """Ask until when."""
    return _shown(request, db, who, evaluation_id, "appraisals/vote.html", VoteForm())


@post("/appraisals/{evaluation_id:uuid}/vote", opt=RUN, sync_to_thread=True)
def begin_voting(
    request: Asked, db: Db, who: Who, sent: Sent, secret: Secret, evaluation_id: FromPath[UUID]
) -> Response[str] | Redirect:
    """Open a ballot."""
    form = VoteForm(sent)

    def act(session: Session, now: datetime) -> str:
        closes_at = end_of_day(given(form.until.data))
        purpose = Purpose(given(form.purpose.data))
        made = begin_vote(session, who.actor, secret, evaluation_id, purpose, closes_at, now)
        return f"/votes/{made.id}/tally"

    done = attempt(db, who, form, act)
    return done or _shown(request, db, who, evaluation_id, "appraisals/vote.html", form)


@get("/appraisals/{evaluation_id:uuid}/proposal", opt=PROPOSE, sync_to_thread=True)
def proposal(request: Asked, db: Db, who: Who, evaluation_id: FromPath[UUID]) -> Response[str]:
    """Ask for a result for everybody."""
    with who.acting(db) as session:
        form = ProposalForm.opened(session, who.actor, request.url.path)
    return _shown(request, db, who, evaluation_id, "appraisals/proposal.html", form, sent=Posted({}))


@post("/appraisals/{evaluation_id:uuid}/proposal", opt=PROPOSE, sync_to_thread=True)
def propose(
    request: Asked, db: Db, who: Who, sent: Sent, evaluation_id: FromPath[UUID]
) -> Response[str] | Redirect:
    """Take the committee's proposal; what differs and has no reason is named, all at once."""
    form = ProposalForm(sent)

    def act(session: Session, now: datetime) -> str:
        rows = see_evaluation(session, who.actor, evaluation_id).rows
        given_ = {
            row.member.id: Proposal(sent.one(f"r-{row.member.id}"), sent.one(f"why-{row.member.id}"))
            for row in rows
        }
        propose_results(session, who.actor, evaluation_id, given_, given(form.minute.data), now)
        return f"/appraisals/{evaluation_id}"

    done = attempt(db, who, form, act)
    return done or _shown(request, db, who, evaluation_id, "appraisals/proposal.html", form, sent=sent)


@post("/appraisals/{evaluation_id:uuid}/repeat", opt=RUN, sync_to_thread=True)
def repeat(
    request: Asked, db: Db, who: Who, sent: Sent, evaluation_id: FromPath[UUID]
) -> Response[str] | Redirect:
    """Go back to before a vote in which too few have voted."""
    form = Form(sent)

    def act(session: Session, now: datetime) -> str:
        repeat_vote(session, who.actor, evaluation_id, now)
        return f"/appraisals/{evaluation_id}"

    done = attempt(db, who, form, act)
    return done or _shown(request, db, who, evaluation_id, "appraisals/show.html", form)


def _shown(
    request: Asked, db: Db, who: Someone, evaluation_id: UUID, template: str, form: Form, **more: object
) -> Response[str]:
    with who.acting(db) as session:
        seen = see_evaluation(session, who.actor, evaluation_id)
    return page(request, template, 422 if form.faults else 200, seen=seen, form=form, **more)


HANDLERS = [appraisals, begin, open_, appraisal, report, hand_in, reports, vote, begin_voting]
HANDLERS += [proposal, propose, repeat]
