"""Galleys: a notice is drafted, its title mended, and the words beside a figure put so that they may hang."""

from datetime import datetime
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.orm import Session
from wtforms import RadioField, StringField, TextAreaField

from services.api.web.acts import attempt
from services.api.web.checks import filled, given, readable, short
from services.api.web.envelope import Asked
from services.api.web.forms import Form, Sent
from services.api.web.pages import page
from services.api.web.permissions import for_action
from services.api.web.sessions import Db, Someone, Who
from services.api.web.wording import period as in_words
from shared.authz.actions import Action
from shared.domain.errors import Invalid
from shared.domain.notices import NoticeKind
from shared.domain.periods import Period
from shared.usecases.disclosures import reword_reason
from shared.usecases.galleys import Due, Galley, draftable, see_galley
from shared.usecases.notices import draft_notice, redraft_notice
from shared.usecases.places import instant

DRAFT, REWORD = for_action(Action.NOTICE_DRAFT), for_action(Action.LINE_PROPOSE)
KINDS = {
    NoticeKind.FIRST: "积分公示",
    NoticeKind.SECOND: "积分再次公示",
    NoticeKind.CORRECTION: "积分更正公示",
    NoticeKind.YEAR: "年度积分公示",
    NoticeKind.APPRAISAL: "民主评议结果公示",
}
TITLE = "不写身份证号、电话号码和住址；要区分同名的同志，公示里已写党小组。"


class DraftForm(Form):
    """Which notice, under which title."""

    # Which they can be changes with the first click; the second is led where the first one was.
    which = RadioField("拟哪一份公示？", [filled("请选择拟哪一份公示")], validate_choice=False)
    title = StringField(
        "标题", [readable(""), short(80)], description=f"不填就用“单位 + 周期 + 积分公示”。{TITLE}"
    )


class TitleForm(Form):
    """A notice's title, mended."""

    title = StringField("标题", [filled("请填写标题"), short(80)], description=TITLE)


class WordsForm(Form):
    """The words that stand beside a figure on the board."""

    reason = TextAreaField(
        "说明改成什么？", [filled("请填写说明"), short(200)], render_kw={"maxlength": 200, "rows": 3}
    )


@get("/notices/new", opt=DRAFT, sync_to_thread=True)
def new_notice(request: Asked, db: Db, who: Who) -> Response[str]:
    """Ask which notice is to be drafted."""
    with who.acting(db) as session:
        form = DraftForm.opened(session, who.actor, request.url.path)
    return _drafting(request, db, who, form)


@post("/notices/new", opt=DRAFT, sync_to_thread=True)
def draft(request: Asked, db: Db, who: Who, sent: Sent) -> Response[str] | Redirect:
    """Draft a notice (提出)."""
    form, seat = DraftForm(sent), who.signed_in.seat

    def act(session: Session, now: datetime) -> str:
        kind, period = _chosen(given(form.which.data))
        title = (
            form.title.data or ""
        ).strip() or f"{seat.unit_name if seat else ''}{in_words(period)}{KINDS[kind]}"
        return f"/notices/{draft_notice(session, who.actor, kind, period, title, now).id}"

    return attempt(db, who, form, act) or _drafting(request, db, who, form, 422)


def _chosen(which: str) -> Due:
    kind, _, period = which.partition(" ")
    try:
        return Due(NoticeKind(kind), str(Period.parse(period)))
    except ValueError:
        raise Invalid("没有这样的公示，请刷新页面后重新选择。") from None


def _drafting(request: Asked, db: Db, who: Someone, form: DraftForm, status: int = 200) -> Response[str]:
    with who.acting(db) as session:
        due = draftable(session, who.actor)
    form.which.choices = [(f"{one.kind} {one.period}", f"{in_words(one.period)}{KINDS[one.kind]}") for one in due]
    return page(request, "notices/new.html", status, form=form, due=due)


@get("/notices/{notice_id:uuid}/title", opt=DRAFT, sync_to_thread=True)
def title(request: Asked, db: Db, who: Who, notice_id: FromPath[UUID]) -> Response[str]:
    """Ask for another title."""
    galley, _ = galley_of(db, who, notice_id)
    return page(request, "notices/title.html", galley=galley, form=TitleForm(title=galley.notice.title))


@post("/notices/{notice_id:uuid}/title", opt=DRAFT, sync_to_thread=True)
def redraft(request: Asked, db: Db, who: Who, sent: Sent, notice_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Mend the title."""
    form = TitleForm(sent)

    def act(session: Session, now: datetime) -> str:
        redraft_notice(session, who.actor, notice_id, given(form.title.data), now)
        return f"/notices/{notice_id}"

    done = attempt(db, who, form, act)
    return done or page(request, "notices/title.html", 422, galley=galley_of(db, who, notice_id)[0], form=form)


@get("/notices/{notice_id:uuid}/lines/{line_id:uuid}", opt=REWORD, sync_to_thread=True)
def words(request: Asked, db: Db, who: Who, notice_id: FromPath[UUID], line_id: FromPath[UUID]) -> Response[str]:
    """Ask for other words beside a figure."""
    line = galley_of(db, who, notice_id)[0].line(line_id)
    return page(request, "notices/words.html", line=line, notice_id=notice_id, form=WordsForm(reason=line.reason))


@post("/notices/{notice_id:uuid}/lines/{line_id:uuid}", opt=REWORD, sync_to_thread=True)
def reword(
    request: Asked, db: Db, who: Who, sent: Sent, notice_id: FromPath[UUID], line_id: FromPath[UUID]
) -> Response[str] | Redirect:
    """Put a reason in other words."""
    form = WordsForm(sent)

    def act(session: Session, now: datetime) -> str:
        reword_reason(session, who.actor, line_id, given(form.reason.data), now)
        return f"/notices/{notice_id}"

    done = attempt(db, who, form, act)
    if done:
        return done
    line = galley_of(db, who, notice_id)[0].line(line_id)
    return page(request, "notices/words.html", 422, line=line, notice_id=notice_id, form=form)


def galley_of(db: Db, who: Someone, notice_id: UUID) -> tuple[Galley, datetime]:
    """Return a notice as those who work on it see it, and the instant of which that is true."""
    with who.acting(db) as session:
        now = instant(session, who.actor)
        return see_galley(session, who.actor, notice_id, now), now


HANDLERS = [new_notice, draft, title, redraft, words, reword]
