"""Claims: from the item to the number that a member is given, one question a page; and what became of each."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.orm import Session
from wtforms import DecimalField, RadioField, TextAreaField

from services.api.rulings import shown
from services.api.web.acts import attempt
from services.api.web.checks import chosen, filled, given, readable, short
from services.api.web.envelope import Asked
from services.api.web.fields import DayField
from services.api.web.forms import Form, Sent
from services.api.web.pages import page
from services.api.web.permissions import for_action
from services.api.web.sessions import Db, Someone, Who
from services.api.web.wording import day
from shared.authz.actions import Action
from shared.domain.deeds import Deed
from shared.domain.errors import NotFound, NotNow
from shared.domain.rules import Item
from shared.usecases.claims import amend_claim, draft_claim, submit_claim, withdraw_claim
from shared.usecases.dossiers import own_claims, see_dossier
from shared.usecases.offers import Offers, open_for, replaceable, see_offers
from shared.usecases.places import instant

SEE, DRAFT = for_action(Action.CLAIM_SEE), for_action(Action.CLAIM_DRAFT)
# Whose turn it is, in the order in which a member wants to know it.
GROUPS = {
    "待我补充": ("draft", "returned"),
    "办理中": ("submitted", "accepted"),
    "已办结": ("confirmed", "refused", "withdrawn"),
}


class ClaimForm(Form):
    """What was done and when; points, and what it takes the place of, only where the item asks for them."""

    happened_on = DayField("是哪一天的事？", [filled("请填写是哪一天的事")])
    text = TextAreaField("做了什么？", [filled("请写明做了什么"), short(500)], render_kw={"maxlength": 500})
    points = DecimalField("申报多少分？", [readable("分数应是数字，例如 2 或 0.5")], places=2)
    replaces = RadioField("它取代您以前报的哪一件？", [chosen("请选择取代哪一件")], validate_choice=False)

    def fit(self, item: Item, choices: list[Any]) -> None:
        """Ask only what this item asks; `choices` are the claims that it may take the place of."""
        if item.range is None or item.decision:
            del self.points
        if item.replaces is None:
            del self.replaces
        else:
            self.replaces.choices = [
                (str(one.id), f"{day(one.happened_on)}，{one.text}（编号 {one.number}）") for one in choices
            ]

    def deed(self, item: str) -> Deed:
        """Return what a valid form says was done."""
        asked = self.points.data if "points" in self else None
        replaced = UUID(given(self.replaces.data)) if "replaces" in self else None
        return Deed(item, given(self.happened_on.data), given(self.text.data), asked, replaced)


def claimant_of(who: Someone) -> UUID:
    """Return the member for whom somebody claims here: whom they act for, or themselves."""
    member = who.actor.acting_for or who.actor.member_id
    if member is None:
        raise NotFound("您在这里没有党员身份；替党员申报请先从名单里选择党员。")
    return member


@get("/claims", opt=SEE, sync_to_thread=True)
def claims(request: Asked, db: Db, who: Who) -> Response[str]:
    """List what a member has claimed, what is still theirs to do first."""
    with who.acting(db) as session:
        mine = own_claims(session, who.actor, claimant_of(who))
    groups = {name: [one for one in mine if one[0].state in states] for name, states in GROUPS.items()}
    return page(request, "claims/list.html", groups=groups, any=bool(mine))


@get("/claims/new", opt=DRAFT, sync_to_thread=True)
def choose(request: Asked, db: Db, who: Who) -> Response[str]:
    """Show the items that are open to the member, with what is still to be had of each."""
    with who.acting(db) as session:
        try:
            offers = see_offers(session, who.actor, claimant_of(who), instant(session, who.actor))
        except NotNow as closed:
            return page(request, "claims/closed.html", sentence=str(closed))
    return page(request, "claims/choose.html", offers=offers)


@get("/claims/new/{item:str}", opt=DRAFT, sync_to_thread=True)
def begin(request: Asked, db: Db, who: Who, item: FromPath[str]) -> Response[str]:
    """Ask what was done and when."""
    with who.acting(db) as session:
        form = ClaimForm.opened(session, who.actor, request.url.path)
    return _asked(request, _offered(db, who, item, form), item, form)


@post("/claims/new/{item:str}", opt=DRAFT, sync_to_thread=True)
def draft(request: Asked, db: Db, who: Who, sent: Sent, item: FromPath[str]) -> Response[str] | Redirect:
    """Write the claim down and go on to its evidence."""
    form = ClaimForm(sent)
    offers = _offered(db, who, item, form)

    def act(session: Session, now: datetime) -> str:
        deed = form.deed(item)
        round_ = open_for(session, who.actor, now, deed.happened_on)
        claim = draft_claim(session, who.actor, round_.id, claimant_of(who), deed, now)
        return f"/claims/{claim.id}/evidence"

    return attempt(db, who, form, act, "填写了一项申报（还没有提交）") or _asked(request, offers, item, form, 422)


def _offered(db: Db, who: Someone, item: str, form: ClaimForm) -> Offers:
    """Return what the member may claim, and fit the form to this item of it."""
    with who.acting(db) as session:
        offers = see_offers(session, who.actor, claimant_of(who), instant(session, who.actor))
        offer = offers.one(item)
        if offer is None:
            raise NotFound("这一项现在不能申报：可能不适用于您，或者已经停用。请回到申报项目重新选择。")
        form.fit(offer.item, replaceable(session, who.actor, claimant_of(who), offer.item))
    return offers


def _asked(request: Asked, offers: Offers, item: str, form: ClaimForm, status: int = 200) -> Response[str]:
    return page(request, "claims/new.html", status, offers=offers, offer=offers.one(item), form=form)


@get("/claims/{claim_id:uuid}/change", opt=DRAFT, sync_to_thread=True)
def change(request: Asked, db: Db, who: Who, claim_id: FromPath[UUID]) -> Response[str]:
    """Show what a draft, or a claim that was sent back, says now."""
    with who.acting(db) as session:
        dossier = see_dossier(session, who.actor, claim_id)
        said = dossier.claim
        form = ClaimForm.opened(
            session,
            who.actor,
            request.url.path,
            happened_on=said.happened_on,
            text=said.text,
            points=said.points,
            replaces=str(said.replaces_id or ""),
        )
        form.fit(dossier.item, replaceable(session, who.actor, said.member_id, dossier.item))
    return page(request, "claims/change.html", dossier=dossier, form=form)


@post("/claims/{claim_id:uuid}/change", opt=DRAFT, sync_to_thread=True)
def amend(request: Asked, db: Db, who: Who, sent: Sent, claim_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Write down what it says from now on."""
    form = ClaimForm(sent)
    with who.acting(db) as session:
        dossier = see_dossier(session, who.actor, claim_id)
        form.fit(dossier.item, replaceable(session, who.actor, dossier.member.id, dossier.item))

    def act(session: Session, now: datetime) -> str:
        amend_claim(session, who.actor, claim_id, form.deed(dossier.claim.item), now)
        return f"/claims/{claim_id}/check"

    done = attempt(db, who, form, act, "修改了一项申报")
    return done or page(request, "claims/change.html", 422, dossier=dossier, form=form)


@get("/claims/{claim_id:uuid}/check", opt=SEE, sync_to_thread=True)
def check(request: Asked, db: Db, who: Who, claim_id: FromPath[UUID]) -> Response[str]:
    """Show a claim once more before it is handed in."""
    return _dossier(request, db, who, claim_id, Form(), "claims/check.html")


@post("/claims/{claim_id:uuid}/submit", opt=for_action(Action.CLAIM_SUBMIT), sync_to_thread=True)
def submit(request: Asked, db: Db, who: Who, sent: Sent, claim_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Hand a claim in."""
    form = Form(sent)

    def act(session: Session, now: datetime) -> str:
        submit_claim(session, who.actor, claim_id, now)
        return f"/claims/{claim_id}/submitted"

    done = attempt(db, who, form, act, "提交了一项申报")
    return done or _dossier(request, db, who, claim_id, form, "claims/check.html")


@get("/claims/{claim_id:uuid}/submitted", opt=SEE, sync_to_thread=True)
def submitted(request: Asked, db: Db, who: Who, claim_id: FromPath[UUID]) -> Response[str]:
    """Confirm that a claim is in: its number, who has it now, until when."""
    return _dossier(request, db, who, claim_id, Form(), "claims/submitted.html")


@get("/claims/{claim_id:uuid}", opt=SEE, sync_to_thread=True)
def claim(request: Asked, db: Db, who: Who, claim_id: FromPath[UUID]) -> Response[str]:
    """Show a claim with its time line, and what an officer may do with it."""
    return shown(request, db, who, claim_id, Form())


@get("/claims/{claim_id:uuid}/withdraw", opt=for_action(Action.CLAIM_WITHDRAW), sync_to_thread=True)
def asked_to_withdraw(request: Asked, db: Db, who: Who, claim_id: FromPath[UUID]) -> Response[str]:
    """Ask whether a claim is really to be taken back."""
    return _dossier(request, db, who, claim_id, Form(), "claims/withdraw.html")


@post("/claims/{claim_id:uuid}/withdraw", opt=for_action(Action.CLAIM_WITHDRAW), sync_to_thread=True)
def withdraw(request: Asked, db: Db, who: Who, sent: Sent, claim_id: FromPath[UUID]) -> Response[str] | Redirect:
    """Take a claim back."""
    form = Form(sent)

    def act(session: Session, now: datetime) -> str:
        withdraw_claim(session, who.actor, claim_id, now)
        return f"/claims/{claim_id}"

    done = attempt(db, who, form, act, "撤回了一项申报")
    return done or _dossier(request, db, who, claim_id, form, "claims/withdraw.html")


def _dossier(request: Asked, db: Db, who: Someone, claim_id: UUID, form: Form, template: str) -> Response[str]:
    with who.acting(db) as session:
        dossier = see_dossier(session, who.actor, claim_id)
    own = dossier.member.id in (who.actor.member_id, who.actor.acting_for)
    return page(request, template, 422 if form.refused else 200, dossier=dossier, own=own, form=form)


HANDLERS = [
    claims,
    choose,
    begin,
    draft,
    change,
    amend,
    check,
    submit,
    submitted,
    claim,
    asked_to_withdraw,
    withdraw,
]
