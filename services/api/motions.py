"""Motions: the agenda that makes itself, motions put to a meeting, counted by hands or in secret."""

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
from services.api.web.forms import Form, Sent
from services.api.web.pages import page
from services.api.web.permissions import for_action
from services.api.web.sessions import Db, Someone, Who
from shared.authz.actions import Action
from shared.domain.errors import NotFound
from shared.domain.meetings import Count
from shared.domain.motions import WORDS, MotionKind
from shared.domain.windows import end_of_day
from shared.usecases.motions import Business, count_hands, put_motion, see_business, vote_in_secret, write_opinion

SEE, HOLD, VOTE = (for_action(one) for one in (Action.MEETING_SEE, Action.MEETING_HOLD, Action.MEETING_VOTE))
NOT_NEGATIVE = between(0, 100_000, "票数不能是负数，也不会有这么多")


class PutForm(Form):
    """What is put: one of what is open, or something else in words."""

    matter = RadioField("表决哪一项？", [filled("请选择表决哪一项")], validate_choice=False)
    title = StringField("其他事项写在这里", [short(100)], description="例如：同意刘大爷不列入积分考核。")


class HandsForm(Form):
    """The raised hands."""

    in_favour = IntegerField("赞成多少票？", [filled("请填写赞成票数"), NOT_NEGATIVE])
    against = IntegerField("反对多少票？", [filled("请填写反对票数，没有填 0"), NOT_NEGATIVE], default=0)
    abstained = IntegerField("弃权多少票？", [filled("请填写弃权票数，没有填 0"), NOT_NEGATIVE], default=0)


class SecretForm(Form):
    """Until when the secret ballot is open."""

    until = DayField("投到哪一天？", [filled("请填写日期")], description="到这一天 24:00；人人投了可以提前截止。")


class OpinionForm(Form):
    """What somebody who cannot come has to say."""

    words = TextAreaField(
        "您的意见", [filled("请写下您的意见"), short(1000)], render_kw={"maxlength": 1000, "rows": 6}
    )


@get("/meetings/{meeting_id:uuid}/motions", opt=SEE, sync_to_thread=True)
def motions(request: Asked, db: Db, who: Who, meeting_id: FromPath[UUID]) -> Response[str]:
    """Show what has been put and what can be."""
    return _shown(request, db, who, meeting_id, PutForm())


@post("/meetings/{meeting_id:uuid}/motions", opt=HOLD, sync_to_thread=True)
def put(request: Asked, db: Db, who: Who, sent: Sent, meeting_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Put a motion."""
    form = PutForm(sent)

    def act(session: Session, now: datetime) -> str:
        matters = see_business(session, who.actor, meeting_id).matters
        open_ = next((one for one in matters if str(one.subject_id) == form.matter.data), None)
        kind, title = (open_.kind, open_.title) if open_ else (MotionKind.OTHER, form.title.data or "")
        put_motion(session, who.actor, meeting_id, kind, title, open_.subject_id if open_ else None, now)
        return f"/meetings/{meeting_id}/motions"

    return attempt(db, who, form, act) or _shown(request, db, who, meeting_id, form)


@get("/meetings/{meeting_id:uuid}/motions/{motion_id:uuid}", opt=HOLD, sync_to_thread=True)
def motion(
    request: Asked, db: Db, who: Who, meeting_id: FromPath[UUID], motion_id: FromPath[UUID]
) -> Response[str]:
    """Ask for the raised hands, or until when to vote in secret."""
    return _one(request, db, who, meeting_id, motion_id, HandsForm(), SecretForm())


@post("/meetings/{meeting_id:uuid}/motions/{motion_id:uuid}", opt=HOLD, sync_to_thread=True)
def count(
    request: Asked, db: Db, who: Who, sent: Sent, meeting_id: FromPath[UUID], motion_id: FromPath[UUID]
) -> Response[str] | Redirect:
    """Count the raised hands."""
    form = HandsForm(sent)

    def act(session: Session, now: datetime) -> str:
        votes = Count(given(form.in_favour.data), given(form.against.data), given(form.abstained.data))
        count_hands(session, who.actor, motion_id, votes, now)
        return f"/meetings/{meeting_id}/motions"

    return attempt(db, who, form, act) or _one(request, db, who, meeting_id, motion_id, form, SecretForm())


@post("/meetings/{meeting_id:uuid}/motions/{motion_id:uuid}/secret", opt=HOLD, sync_to_thread=True)
def begin_secret(
    request: Asked,
    db: Db,
    who: Who,
    sent: Sent,
    secret: Secret,
    meeting_id: FromPath[UUID],
    motion_id: FromPath[UUID],
) -> Response[str] | Redirect:
    """Open the secret ballot."""
    form = SecretForm(sent)

    def act(session: Session, now: datetime) -> str:
        made = vote_in_secret(session, who.actor, secret, motion_id, end_of_day(given(form.until.data)), now)
        return f"/votes/{made.id}/tally"

    return attempt(db, who, form, act) or _one(request, db, who, meeting_id, motion_id, HandsForm(), form)


@get("/ballots/{meeting_id:uuid}/opinion", opt=VOTE, sync_to_thread=True)
def opinion(request: Asked, db: Db, who: Who, meeting_id: FromPath[UUID]) -> Response[str]:
    """Ask what somebody who cannot come has to say."""
    with who.acting(db) as session:
        form = OpinionForm.opened(session, who.actor, request.url.path)
    return page(request, "motions/opinion.html", meeting_id=meeting_id, form=form)


@post("/ballots/{meeting_id:uuid}/opinion", opt=VOTE, sync_to_thread=True)
def send_opinion(
    request: Asked, db: Db, who: Who, sent: Sent, meeting_id: FromPath[UUID]
) -> Response[str] | Redirect:
    """Take it; it is read out at the meeting, and counts as being there."""
    form = OpinionForm(sent)

    def act(session: Session, now: datetime) -> str:
        write_opinion(session, who.actor, meeting_id, given(form.words.data), now)
        return f"/ballots/{meeting_id}"

    done = attempt(db, who, form, act, "交了会议书面意见")
    return done or page(request, "motions/opinion.html", 422, meeting_id=meeting_id, form=form)


def _shown(request: Asked, db: Db, who: Someone, meeting_id: UUID, form: PutForm) -> Response[str]:
    with who.acting(db) as session:
        seen = see_business(session, who.actor, meeting_id)
    form.matter.choices = [*((str(one.subject_id), one.title) for one in seen.matters), ("other", "其他事项")]
    return page(request, "motions/list.html", 422 if form.faults else 200, seen=seen, form=form, kinds=WORDS)


def _one(
    request: Asked, db: Db, who: Someone, meeting_id: UUID, motion_id: UUID, hands: HandsForm, secret: SecretForm
) -> Response[str]:
    with who.acting(db) as session:
        seen = see_business(session, who.actor, meeting_id)
    found = _motion(seen, motion_id)
    faulty = secret if secret.faults else hands
    status = 422 if faulty.faults else 200
    return page(
        request, "motions/show.html", status, seen=seen, motion=found, form=faulty, hands=hands, secret=secret
    )


def _motion(seen: Business, motion_id: UUID) -> object:
    for one in seen.motions:
        if one.id == motion_id:
            return one
    raise NotFound("这次会议没有这一项表决。")


HANDLERS = [motions, put, motion, count, begin_secret, opinion, send_opinion]
