"""Ledger: its entries with who decided them, the history to be searched, conflicts of interest: read only."""

from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response, get
from litestar.params import FromQuery
from wtforms import SelectField, StringField

from services.api.web.envelope import Asked
from services.api.web.fields import DayField, identity
from services.api.web.forms import Form, Posted
from services.api.web.pages import page
from services.api.web.permissions import for_action
from services.api.web.sessions import Db, Who
from services.api.web.wording import period as in_words
from shared.authz.actions import Action
from shared.domain.kinships import WORDS as KIN
from shared.usecases.conflicts import WORDS, conflicts
from shared.usecases.history import Sought, search_history
from shared.usecases.kinships import see_kin
from shared.usecases.ledger import contents, see_ledger

SEE = for_action(Action.LEDGER_SEE)
KINDS = {
    "": "全部",
    "claim": "申报",
    "record": "登记",
    "line": "积分",
    "round": "周期",
    "meeting": "会议",
    "notice": "公示",
    "objection": "异议",
    "filing": "备案",
    "outcome_case": "年度结果",
    "member": "党员",
}


class LeafForm(Form):
    """Which part of the ledger is opened."""

    period = SelectField("周期", validate_choice=False)
    member = SelectField("党员", validate_choice=False)


class SearchForm(Form):
    """What is looked for in the history."""

    words = StringField("姓名或备注里的字")
    kind = SelectField("什么事项", choices=list(KINDS.items()), validate_choice=False)
    since = DayField("从哪一天")
    until = DayField("到哪一天")

    @property
    def sought(self) -> Sought:
        """What it asks for; a wrong day is not asked."""
        return Sought(
            self.words.data or "",
            self.kind.data or None,
            since=_day(self.since),
            until=_day(self.until),
        )


def _day(field: DayField) -> date | None:
    return field.data if isinstance(field.data, date) else None


@get("/ledger", opt=SEE, sync_to_thread=True)
def ledger(request: Asked, db: Db, who: Who, number: FromQuery[int] = 1) -> Response[str]:
    """Show a page of the ledger, of one period or member or of all."""
    form = LeafForm(Posted(request.query_params.dict()))
    with who.acting(db) as session:
        by = contents(session, who.actor)
        leaf = see_ledger(session, who.actor, form.period.data or None, _member(form), number)
    form.period.choices = [("", "全部周期"), *((one, in_words(one)) for one in by.periods)]
    form.member.choices = [
        ("", "全部党员"),
        *((str(one.id), f"{one.name}（{one.member_no}）") for one in by.members),
    ]
    address = _address("/ledger", period=form.period.data or "", member=form.member.data or "")
    return page(request, "ledger/list.html", leaf=leaf, form=form, address=address)


@get("/ledger/history", opt=SEE, sync_to_thread=True)
def history(request: Asked, db: Db, who: Who, number: FromQuery[int] = 1) -> Response[str]:
    """Show a page of the steps that were taken, newest first."""
    form = SearchForm(Posted(request.query_params.dict()))
    form.validate()
    with who.acting(db) as session:
        found = search_history(session, who.actor, form.sought, number)
    query = [(name, value) for name, value in request.query_params.multi_items() if name != "number"]
    address = f"/ledger/history?{urlencode(query)}&number="
    status = 422 if form.faults else 200
    return page(request, "ledger/history.html", status, found=found, form=form, address=address, kinds=KINDS)


@get("/conflicts", opt=SEE, sync_to_thread=True)
def conflicts_of_interest(request: Asked, db: Db, who: Who) -> Response[str]:
    """Show who took a step with what concerns them, and who has declared whom as kin."""
    with who.acting(db) as session:
        found, kin = conflicts(session, who.actor), see_kin(session, who.actor)
    return page(request, "ledger/conflicts.html", conflicts=found, words=WORDS, kin=kin, kin_words=KIN)


def _member(form: LeafForm) -> UUID | None:
    try:
        return identity(form.member.data) if form.member.data else None
    except ValueError:
        return None


def _address(path: str, **asked: str) -> str:
    """Return the address of the other pages of what is shown; the number follows it."""
    return f"{path}?{urlencode(asked)}&number="


HANDLERS = [ledger, history, conflicts_of_interest]
