"""Half-years: asked for by the secretary, written by each member, read with the branch's figures."""

from datetime import datetime
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.orm import Session
from wtforms import TextAreaField

from services.api.web.acts import attempt
from services.api.web.checks import filled, given, short
from services.api.web.envelope import Asked
from services.api.web.fields import DayField
from services.api.web.forms import Form, Sent
from services.api.web.leaves import leaf
from services.api.web.pages import page
from services.api.web.permissions import SIGNED_IN, for_action
from services.api.web.sessions import Db, Someone, Who
from shared.authz.actions import Action
from shared.domain.errors import NotFound
from shared.domain.half_years import LONGEST
from shared.domain.windows import local_day
from shared.usecases.half_year_papers import figures_in_words
from shared.usecases.half_years import half_years, open_half_year, own_word, see_half_year, write_half_year
from shared.usecases.places import instant

WRITE, RUN = for_action(Action.GOAL_WRITE), for_action(Action.APPRAISAL_RUN)


class OpenForm(Form):
    """Until which day the summaries are handed in."""

    due_on = DayField(
        "哪一天前交？", [filled("请填写哪一天前交")], description="交的最后一天，不晚于 8 月 31 日。"
    )


class WordForm(Form):
    """What somebody did in half a year."""

    words = TextAreaField(
        "上半年小结",
        [filled("请写上半年做了什么"), short(LONGEST)],
        description="做了哪些事、目标做到了多少、还有什么不足，几句话就行。",
        render_kw={"maxlength": LONGEST, "rows": 8},
    )


@get("/half-years", opt=SIGNED_IN, sync_to_thread=True)
def listed(request: Asked, db: Db, who: Who) -> Response[str]:
    """List the branch's half-years; the secretary may ask for one."""
    return _listed(request, db, who, OpenForm())


@post("/half-years", opt=RUN, sync_to_thread=True)
def begin(request: Asked, db: Db, who: Who, sent: Sent) -> Response[str] | Redirect:
    """Ask everybody for a summary."""
    form = OpenForm(sent)

    def act(session: Session, now: datetime) -> str:
        made = open_half_year(session, who.actor, given(form.due_on.data), now)
        return f"/half-years/{made.id}/all"

    return attempt(db, who, form, act) or _listed(request, db, who, form)


def _listed(request: Asked, db: Db, who: Someone, form: OpenForm) -> Response[str]:
    with who.acting(db) as session:
        found = half_years(session, who.actor)
        this = local_day(instant(session, who.actor)).year
    asked = any(one.year == this for one in found)
    status = 422 if form.faults else 200
    return page(request, "half_years/list.html", status, half_years=found, asked=asked, form=form)


@get("/half-years/{half_year_id:uuid}", opt=WRITE, sync_to_thread=True)
def own(request: Asked, db: Db, who: Who, half_year_id: FromPath[UUID]) -> Response[str]:
    """Show one's own summary, and ask for it while it may be changed."""
    return _own(request, db, who, half_year_id, None)


@post("/half-years/{half_year_id:uuid}", opt=WRITE, sync_to_thread=True)
def write(request: Asked, db: Db, who: Who, sent: Sent, half_year_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Take it."""
    form = WordForm(sent)

    def act(session: Session, now: datetime) -> str:
        write_half_year(session, who.actor, half_year_id, given(form.words.data), now)
        return f"/half-years/{half_year_id}"

    return attempt(db, who, form, act, "写了半年小结") or _own(request, db, who, half_year_id, form)


def _own(request: Asked, db: Db, who: Someone, half_year_id: UUID, form: WordForm | None) -> Response[str]:
    with who.acting(db) as session:
        found = next((one for one in half_years(session, who.actor) if one.id == half_year_id), None)
        if found is None:
            raise NotFound("没有这份半年小结。")
        word = own_word(session, who.actor, found)
        shown = form or WordForm.opened(session, who.actor, request.url.path, words=word.text if word else "")
    return page(
        request, "half_years/own.html", 422 if shown.faults else 200, half_year=found, word=word, form=shown
    )


@get("/half-years/{half_year_id:uuid}/all", opt=for_action(Action.GOAL_FOLLOW), sync_to_thread=True)
def everybody(request: Asked, db: Db, who: Who, half_year_id: FromPath[UUID]) -> Response[str]:
    """Show the branch's figures and what everybody wrote."""
    with who.acting(db) as session:
        seen = see_half_year(session, who.actor, half_year_id)
    words = leaf(request, seen.words, f"/half-years/{half_year_id}/all")
    return page(request, "half_years/show.html", seen=seen, words=words, figures=figures_in_words(seen.figures))


HANDLERS = [listed, begin, own, write, everybody]
