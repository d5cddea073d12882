"""Meetings: called, the roll on one screen, votes on the list and on single lines; and each line on the wall."""

from datetime import datetime
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from sqlalchemy.orm import Session
from wtforms import IntegerField, RadioField, StringField

from services.api.web.acts import attempt
from services.api.web.checks import between, filled, given, short
from services.api.web.doors import Secret
from services.api.web.envelope import Asked
from services.api.web.fields import TicksField
from services.api.web.forms import Form, Posted, Sent
from services.api.web.pages import page
from services.api.web.permissions import for_action, proven
from services.api.web.sessions import Db, Someone, Who
from services.api.web.wording import period, points
from shared.authz.actions import Action
from shared.domain.errors import Invalid
from shared.domain.meetings import Attended, Count
from shared.usecases.assemblies import Assembly, see_meeting, see_meetings
from shared.usecases.meetings import call_roll, close_meeting, convene, vote_line, vote_list

SEE, HOLD = for_action(Action.MEETING_SEE), for_action(Action.MEETING_HOLD)
# In the order of the buttons of a row.
WAYS = {
    Attended.PRESENT: "到会",
    Attended.REMOTE: "远程",
    Attended.WRITTEN: "书面意见",
    Attended.LEAVE: "请假",
    Attended.ABSENT: "缺席",
}
KINDS = {"members": "党员大会", "committee": "支委会"}
NOT_NEGATIVE = between(0, 100_000, "票数不能是负数，也不会有这么多")


class CallForm(Form):
    """What is called, about what, under which number its minutes go."""

    kind = RadioField("开什么会？", [filled("请选择开什么会")], choices=list(KINDS.items()), default="members")
    subject = StringField("议题是什么？", [filled("请填写议题"), short(60)])
    minute = StringField(
        "会议记录编号",
        [filled("请填写会议记录编号"), short(40)],
        description="例如 大会〔2026〕2号，每次会议各有一个。",
    )


class CountForm(Form):
    """The votes on one motion."""

    in_favour = IntegerField("赞成多少票？", [filled("请填写赞成票数"), NOT_NEGATIVE])
    against = IntegerField("反对多少票？", [filled("请填写反对票数，没有填 0"), NOT_NEGATIVE], default=0)
    abstained = IntegerField("弃权多少票？", [filled("请填写弃权票数，没有填 0"), NOT_NEGATIVE], default=0)

    @property
    def count(self) -> Count:
        """The count of a valid form."""
        return Count(given(self.in_favour.data), given(self.against.data), given(self.abstained.data))


class ListForm(CountForm):
    """The votes on whole rounds, and whose lines are taken out to be talked over by themselves."""

    # Which they can be changes with the first click; the second is led where the first one was.
    rounds = TicksField("表决哪一期？", [filled("请选择表决哪一期")], coerce=UUID, validate_choice=False)
    excepted = TicksField(
        "有没有要单独复议的？",
        coerce=UUID,
        validate_choice=False,
        description="勾选的同志这次不通过，退回支委会重新提出意见后再单独表决。没有就不勾。",
    )

    def about(self, assembly: Assembly) -> "ListForm":
        """Return the form with this meeting's rounds and lines to choose from."""
        motions = assembly.motions
        self.rounds.choices = [(str(one.round.id), f"{period(one.round.period)}积分") for one in motions]
        self.excepted.choices = [
            (str(line.line_id), f"{line.name}（{line.group or '—'}）　{points(line.points)} 分")
            for one in motions
            for line in one.proposed
        ]
        return self


@get("/meetings", opt=SEE, sync_to_thread=True)
def meetings(request: Asked, db: Db, who: Who) -> Response[str]:
    """List the branch's meetings."""
    with who.acting(db) as session:
        found = see_meetings(session, who.actor)
    return page(request, "meetings/list.html", meetings=found, kinds=KINDS)


@get("/meetings/new", opt=HOLD, sync_to_thread=True)
def new_meeting(request: Asked, db: Db, who: Who) -> Response[str]:
    """Ask what is to be called."""
    with who.acting(db) as session:
        form = CallForm.opened(session, who.actor, request.url.path)
    return page(request, "meetings/new.html", form=form)


@post("/meetings/new", opt=HOLD, sync_to_thread=True)
def call(request: Asked, db: Db, who: Who, sent: Sent) -> Response[str] | Redirect:
    """Call a meeting: everybody who is due is invited."""
    form = CallForm(sent)

    def act(session: Session, now: datetime) -> str:
        called = given(form.kind.data), given(form.subject.data), given(form.minute.data)
        return f"/meetings/{convene(session, who.actor, *called, now).id}"

    return attempt(db, who, form, act) or page(request, "meetings/new.html", 422, form=form)


@get("/meetings/{meeting_id:uuid}", opt=SEE, sync_to_thread=True)
def meeting(request: Asked, db: Db, who: Who, meeting_id: FromPath[UUID]) -> Response[str]:
    """Show a meeting: whether it is valid, what is put to it, what it has voted."""
    return _shown(request, db, who, meeting_id, "meetings/show.html", Form())


@get("/meetings/{meeting_id:uuid}/roll", opt=HOLD, sync_to_thread=True)
def roll(request: Asked, db: Db, who: Who, meeting_id: FromPath[UUID]) -> Response[str]:
    """Show the roll on one screen."""
    return _shown(request, db, who, meeting_id, "meetings/roll.html", Form(), ways=WAYS)


@post("/meetings/{meeting_id:uuid}/roll", opt=HOLD, sync_to_thread=True)
def write_roll(
    request: Asked, db: Db, who: Who, sent: Sent, meeting_id: FromPath[UUID]
) -> Response[str] | Redirect:
    """Write down how each took part."""
    form = Form(sent)

    def act(session: Session, _: datetime) -> str:
        call_roll(session, who.actor, meeting_id, _took_part(sent))
        return f"/meetings/{meeting_id}"

    done = attempt(db, who, form, act)
    return done or _shown(request, db, who, meeting_id, "meetings/roll.html", form, ways=WAYS)


@get("/meetings/{meeting_id:uuid}/votes", opt=HOLD, sync_to_thread=True)
def list_vote(request: Asked, db: Db, who: Who, meeting_id: FromPath[UUID]) -> Response[str]:
    """Ask for the count on the whole list."""
    with who.acting(db) as session:
        found = see_meeting(session, who.actor, meeting_id)
        form = ListForm.opened(
            session, who.actor, request.url.path, rounds=[str(m.round.id) for m in found.motions]
        )
    return page(request, "meetings/votes.html", assembly=found, form=form.about(found))


@post("/meetings/{meeting_id:uuid}/votes", opt=HOLD, sync_to_thread=True)
def count_list(
    request: Asked, db: Db, who: Who, sent: Sent, secret: Secret, meeting_id: FromPath[UUID]
) -> Response[str] | Redirect:
    """Count the vote on the list but for the lines taken out."""
    with who.acting(db) as session:
        found = see_meeting(session, who.actor, meeting_id)
    form = ListForm(sent).about(found)

    def act(session: Session, now: datetime) -> str:
        rounds, excepted = given(form.rounds.data), form.excepted.data or []
        vote_list(session, who.actor, meeting_id, rounds, form.count, excepted, now, secret)
        return f"/meetings/{meeting_id}"

    return attempt(db, who, form, act) or page(request, "meetings/votes.html", 422, assembly=found, form=form)


@get("/meetings/{meeting_id:uuid}/lines/{line_id:uuid}", opt=HOLD, sync_to_thread=True)
def line_vote(
    request: Asked, db: Db, who: Who, meeting_id: FromPath[UUID], line_id: FromPath[UUID]
) -> Response[str]:
    """Ask for the count on one line by itself."""
    return _line(request, db, who, meeting_id, line_id, CountForm())


@post("/meetings/{meeting_id:uuid}/lines/{line_id:uuid}", opt=HOLD, sync_to_thread=True)
def count_line(
    request: Asked, db: Db, who: Who, sent: Sent, meeting_id: FromPath[UUID], line_id: FromPath[UUID]
) -> Response[str] | Redirect:
    """Count the vote on one line."""
    form = CountForm(sent)

    def act(session: Session, now: datetime) -> str:
        vote_line(session, who.actor, meeting_id, line_id, form.count, now)
        return f"/meetings/{meeting_id}"

    return attempt(db, who, form, act) or _line(request, db, who, meeting_id, line_id, form)


@post("/meetings/{meeting_id:uuid}/close", opt=proven(HOLD), sync_to_thread=True)
def close(request: Asked, db: Db, who: Who, sent: Sent, meeting_id: FromPath[UUID]) -> Response[str] | Redirect:
    """End a meeting."""
    form = Form(sent)

    def act(session: Session, now: datetime) -> str:
        close_meeting(session, who.actor, meeting_id, now)
        return f"/meetings/{meeting_id}"

    return attempt(db, who, form, act) or _shown(request, db, who, meeting_id, "meetings/show.html", form)


@get("/meetings/{meeting_id:uuid}/screen", opt=SEE, sync_to_thread=True)
def screen(request: Asked, db: Db, who: Who, meeting_id: FromPath[UUID], at: FromQuery[int] = 1) -> Response[str]:
    """Show one member's line as large as a wall, with the way to the next."""
    with who.acting(db) as session:
        found = see_meeting(session, who.actor, meeting_id)
    lines = [(motion.round, line) for motion in found.motions for line in motion.lines]
    here = min(max(at, 1), len(lines)) if lines else 0
    return page(request, "meetings/screen.html", assembly=found, lines=lines, at=here)


def _took_part(sent: Posted) -> dict[UUID, Attended]:
    """Return who took part how; one button puts everybody down as present."""
    marked = {name.removeprefix("took-"): sent.one(name) for name in sent if name.startswith("took-")}
    try:
        return {UUID(who): Attended(sent.one("all") or how) for who, how in marked.items()}
    except ValueError:
        raise Invalid("签到表里有看不懂的内容，请刷新后重填。") from None


def _line(request: Asked, db: Db, who: Someone, meeting_id: UUID, line_id: UUID, form: CountForm) -> Response[str]:
    with who.acting(db) as session:
        found = see_meeting(session, who.actor, meeting_id)
    line = found.line(line_id)
    return page(request, "meetings/line.html", 422 if form.faults else 200, assembly=found, line=line, form=form)


def _shown(
    request: Asked, db: Db, who: Someone, meeting_id: UUID, template: str, form: Form, **more: object
) -> Response[str]:
    with who.acting(db) as session:
        found = see_meeting(session, who.actor, meeting_id)
    return page(request, template, 422 if form.refused else 200, assembly=found, form=form, kinds=KINDS, **more)


HANDLERS = [meetings, new_meeting, call, meeting, roll, write_roll, close, screen]
HANDLERS += [list_vote, count_list, line_vote, count_line]
