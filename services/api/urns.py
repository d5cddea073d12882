"""Urns: one's secret vote on a screen; and for the tellers who has not voted, slips on paper, and the count."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.orm import Session
from wtforms import IntegerField

from services.api.web.acts import attempt
from services.api.web.checks import between, filled, given
from services.api.web.doors import Secret
from services.api.web.envelope import Asked
from services.api.web.fields import TicksField
from services.api.web.forms import Form, Posted, Sent
from services.api.web.pages import page
from services.api.web.permissions import for_action, proven
from services.api.web.sessions import Db, Someone, Who
from shared.authz.actions import Action
from shared.domain.errors import Invalid
from shared.usecases.appraisals import count_vote
from shared.usecases.motions import count_motion
from shared.usecases.polls import Tally, see_slip, see_tally
from shared.usecases.urns import cast_ballot, close_ballot, enter_count, hand_slips

CAST, COUNT = for_action(Action.BALLOT_CAST), for_action(Action.BALLOT_COUNT)
# A field whose name begins like this is never kept as a draft.
MARK = "secret-"


class HandForm(Form):
    """Who is given a slip on paper."""

    people = TicksField("谁领了纸质票？", [filled("请勾选领票的同志")], coerce=UUID, validate_choice=False)


class PaperForm(Form):
    """How many slips came back; how they are marked stands in boxes of its own."""

    slips = IntegerField(
        "收回几张票？",
        [filled("请填写收回的票数"), between(0, 100_000, "票数不对")],
        description="空白票也算收回。",
    )


@get("/votes/{ballot_id:uuid}", opt=CAST, sync_to_thread=True)
def slip(request: Asked, db: Db, who: Who, ballot_id: FromPath[UUID]) -> Response[str]:
    """Show one's slip."""
    return _slip(request, db, who, ballot_id, Form())


@post("/votes/{ballot_id:uuid}", opt=CAST, sync_to_thread=True)
def cast(
    request: Asked, db: Db, who: Who, sent: Sent, secret: Secret, ballot_id: FromPath[UUID]
) -> Response[str] | Redirect:
    """Let it fall; what was marked is kept nowhere but in the sealed sums."""
    form = Form(sent)

    def act(session: Session, now: datetime) -> str:
        cast_ballot(session, who.actor, secret, ballot_id, _marks(sent), now)
        return f"/votes/{ballot_id}"

    return attempt(db, who, form, act) or _slip(request, db, who, ballot_id, form)


@get("/votes/{ballot_id:uuid}/tally", opt=COUNT, sync_to_thread=True)
def tally(request: Asked, db: Db, who: Who, ballot_id: FromPath[UUID]) -> Response[str]:
    """Show how many have voted and who has not."""
    return _tally(request, db, who, ballot_id, Form())


@post("/votes/{ballot_id:uuid}/slips", opt=COUNT, sync_to_thread=True)
def hand(request: Asked, db: Db, who: Who, sent: Sent, ballot_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Write down who is given a slip on paper."""
    form = HandForm(sent)

    def act(session: Session, now: datetime) -> str:
        hand_slips(session, who.actor, ballot_id, form.people.data or [], now)
        return f"/votes/{ballot_id}/tally"

    return attempt(db, who, form, act) or _tally(request, db, who, ballot_id, form)


@post("/votes/{ballot_id:uuid}/close", opt=proven(COUNT), sync_to_thread=True)
def close(request: Asked, db: Db, who: Who, sent: Sent, ballot_id: FromPath[UUID]) -> Response[str] | Redirect:
    """End the voting."""
    return _acts(request, db, who, sent, ballot_id, lambda s, now: close_ballot(s, who.actor, ballot_id, now))


@get("/votes/{ballot_id:uuid}/paper", opt=COUNT, sync_to_thread=True)
def paper(request: Asked, db: Db, who: Who, ballot_id: FromPath[UUID]) -> Response[str]:
    """Ask how the slips on paper are marked."""
    return _paper(request, db, who, ballot_id, PaperForm(), Posted({}))


@post("/votes/{ballot_id:uuid}/paper", opt=COUNT, sync_to_thread=True)
def enter(
    request: Asked, db: Db, who: Who, sent: Sent, secret: Secret, ballot_id: FromPath[UUID]
) -> Response[str] | Redirect:
    """Enter how one person has counted them."""
    form = PaperForm(sent)

    def act(session: Session, now: datetime) -> str:
        seen = see_tally(session, who.actor, ballot_id)
        counts = _counts(sent, seen)
        enter_count(session, who.actor, secret, ballot_id, given(form.slips.data), counts, now)
        return f"/votes/{ballot_id}/tally"

    return attempt(db, who, form, act) or _paper(request, db, who, ballot_id, form, sent)


@post("/votes/{ballot_id:uuid}/count", opt=proven(COUNT), sync_to_thread=True)
def count(
    request: Asked, db: Db, who: Who, sent: Sent, secret: Secret, ballot_id: FromPath[UUID]
) -> Response[str] | Redirect:
    """Open the urn."""

    def act(session: Session, now: datetime) -> None:
        ours = see_tally(session, who.actor, ballot_id).evaluation_id
        counting = count_vote if ours else count_motion
        counting(session, who.actor, secret, ballot_id, now)

    return _acts(request, db, who, sent, ballot_id, act)


def _acts(
    request: Asked, db: Db, who: Someone, sent: Posted, ballot_id: UUID, do: Callable[[Session, datetime], object]
) -> Response[str] | Redirect:
    form = Form(sent)

    def act(session: Session, now: datetime) -> str:
        do(session, now)
        return f"/votes/{ballot_id}/tally"

    return attempt(db, who, form, act) or _tally(request, db, who, ballot_id, form)


def _marks(sent: Posted) -> dict[UUID, str]:
    """Return what is marked on the slip; what cannot be read is refused, and no word of it repeated."""
    try:
        return {UUID(name.removeprefix(MARK)): sent.one(name) for name in sent if name.startswith(MARK)}
    except ValueError:
        raise Invalid("票上有看不懂的内容，请重新打开这一页再投。") from None


def _counts(sent: Posted, seen: Tally) -> dict[UUID, dict[str, int]]:
    """Return the numbers of the boxes, an empty one as nought."""
    counts: dict[UUID, dict[str, int]] = {}
    for subject, name in seen.subjects:
        marks = counts[subject] = {}
        for place, choice in enumerate(seen.choices):
            written = sent.one(f"n-{subject}-{place}").strip() or "0"
            if not written.isdecimal() or len(written) > 5:
                raise Invalid(f"{name}的“{choice}”要填票数，例如 12；没有填 0。")
            marks[choice] = int(written)
    return counts


def _slip(request: Asked, db: Db, who: Someone, ballot_id: UUID, form: Form) -> Response[str]:
    with who.acting(db) as session:
        seen = see_slip(session, who.actor, ballot_id)
    return page(request, "urns/slip.html", 422 if form.faults else 200, slip=seen, form=form, mark=MARK)


def _tally(request: Asked, db: Db, who: Someone, ballot_id: UUID, form: Form) -> Response[str]:
    with who.acting(db) as session:
        seen = see_tally(session, who.actor, ballot_id)
    handing = form if isinstance(form, HandForm) else HandForm()
    handing.people.choices = [(str(person), name) for person, name in seen.waiting]
    status = 422 if form.faults else 200
    return page(request, "urns/tally.html", status, tally=seen, form=form, handing=handing)


def _paper(request: Asked, db: Db, who: Someone, ballot_id: UUID, form: PaperForm, sent: Posted) -> Response[str]:
    with who.acting(db) as session:
        seen = see_tally(session, who.actor, ballot_id)
    status = 422 if form.faults else 200
    return page(request, "urns/paper.html", status, tally=seen, form=form, sent=sent)


HANDLERS = [slip, cast, tally, hand, close, paper, enter, count]
