"""Notifications: what somebody has been told, each leading to what it is about; and how they wish to be told."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from sqlalchemy.orm import Session
from wtforms import StringField

from services.api.web.acts import attempt
from services.api.web.checks import short
from services.api.web.envelope import Asked
from services.api.web.forms import Form, Posted, Sent
from services.api.web.pages import page
from services.api.web.permissions import SIGNED_IN
from services.api.web.sessions import Db, Someone, Who
from shared.authz.actor import Actor
from shared.config import offered, settings
from shared.domain.notifications import Way
from shared.usecases.notifications import mark_seen, own_notifications, own_ways, set_ways

# Where a topic's subject is looked at: by whom it concerns, and by whoever works on it.
PLACES: Mapping[str, str] = {
    "answer": "/objections/{id}",
    "appeal": "/objections/{id}",
    "claim": "/claims/{id}",
    "complaint": "/complaints",
    "correction": "/lines/mine",
    "deduction": "/points",
    "done_for_you": "/rights",
    "exemption": "/points",
    "meeting": "/ballots/{id}",
    "notice": "/board",
    "objection": "/objections/{id}",
    "outcome": "/year",
    "reflection": "/reflections/{id}",
    "report": "/reports/about-me/{id}",
    "round": "/claims/new",
    "transfer": "/points",
    "window": "/board",
    "witness": "/witnesses/{id}",
}
AT_WORK: Mapping[str, str] = {
    "appeal": "/inquiries/{id}",
    "book": "/books",
    "complaint": "/complaints/{id}",
    "correction": "/notices/{id}",
    "escalation": "/desk",
    "filed": "/filings/{id}",
    "filing": "/filings/{id}",
    "objection": "/inquiries/{id}",
    "reminder": "/desk",
    "review": "/changes",
    "report": "/reports/{id}",
    "transfer": "/changes/{id}",
    "unit": "/units",
    "urging": "/desk",
    "word": "/words/{id}",
}
# The ways out of the product, by the names under which an installation offers them.
NAMES: Mapping[str, tuple[str, str]] = {
    "wecom": ("企业微信", "您在企业微信里的账号"),
    "dingtalk": ("钉钉", "您在钉钉里绑定的手机号码"),
    "email": ("电子邮件", "例如 wang@example.com"),
    "sms": ("短信", "手机号码。要紧的事，一天没看才发短信"),
}


def place_of(actor: Actor, topic: str, subject_id: UUID) -> str:
    """Return where somebody looks at what they were told; empty where there is no such page."""
    works = actor.roles - {"member", "relative", "villager"}
    found = (AT_WORK.get(topic) if works else None) or PLACES.get(topic, "")
    return found.format(id=subject_id)


@get("/notifications", opt=SIGNED_IN, sync_to_thread=True)
def notifications(request: Asked, db: Db, who: Who) -> Response[str]:
    """List what somebody was told, what they have not seen first."""
    with who.acting(db) as session:
        told = own_notifications(session, who.actor)
    listed = [(one, place_of(who.actor, one.topic, one.subject_id)) for one in told]
    fresh = [one for one in listed if one[0].seen_at is None]
    seen = [one for one in listed if one[0].seen_at is not None]
    return page(request, "notifications/list.html", fresh=fresh, seen=seen, form=Form())


@post("/notifications/seen", opt=SIGNED_IN, sync_to_thread=True)
def saw_all(db: Db, who: Who, sent: Sent) -> Redirect:
    """Note that somebody has seen what was on the page, and nothing that came since."""
    return _saw(db, who, sent, "/notifications")


@post("/notifications/{notification_id:uuid}/open", opt=SIGNED_IN, sync_to_thread=True)
def open_one(db: Db, who: Who, sent: Sent, notification_id: FromPath[UUID]) -> Redirect:
    """Note that somebody has seen one, and lead to what it is about."""
    with who.acting(db) as session:
        told = own_notifications(session, who.actor)
    one = next((one for one in told if one.id == notification_id), None)
    address = place_of(who.actor, one.topic, one.subject_id) if one else ""
    return _saw(db, who, sent, address or "/notifications", [notification_id])


def _saw(db: Db, who: Someone, sent: Posted, address: str, ids: list[UUID] | None = None) -> Redirect:
    def act(session: Session, now: datetime) -> str:
        mark_seen(session, who.actor, _ids(sent) if ids is None else ids, now)
        return address

    # A form without fields of its own has nothing that could be wrong.
    return attempt(db, who, Form(sent), act) or Redirect(address, status_code=303)


def _ids(sent: Posted) -> list[UUID]:
    found = []
    for value in sent.getlist("id"):
        try:
            found.append(UUID(value))
        except (ValueError, AttributeError, TypeError):
            continue
    return found


def ways_form(names: list[str]) -> type[Form]:
    """Return a form with one box for each way that this installation offers."""
    boxes: dict[str, Any] = {}
    for name in names:
        label, hint = NAMES.get(name, (name, ""))
        boxes[name] = StringField(label, [short(200)], description=hint, render_kw={"autocomplete": "off"})
    return type("WaysForm", (Form,), boxes)


def _offered() -> list[str]:
    there = offered(settings())
    return [*(name for name in NAMES if name in there), *sorted(there - set(NAMES))]


@get("/notifications/ways", opt=SIGNED_IN, sync_to_thread=True)
def ways(request: Asked, db: Db, who: Who) -> Response[str]:
    """Ask how somebody wishes to be told, beside these pages."""
    with who.acting(db) as session:
        own: dict[str, Any] = {way.channel: way.address for way in own_ways(session, who.actor) if way.wanted}
    form = ways_form(_offered())(None, **own)
    return page(request, "notifications/ways.html", form=form, names=_offered())


@post("/notifications/ways", opt=SIGNED_IN, sync_to_thread=True)
def choose_ways(request: Asked, db: Db, who: Who, sent: Sent) -> Response[str] | Redirect:
    """Keep how somebody wishes to be told: a box that is empty ends that way."""
    names = _offered()
    form = ways_form(names)(sent)

    def act(session: Session, _: datetime) -> str:
        said = {name: (form[name].data or "").strip() for name in names}
        wished = [Way(name, address, wanted=bool(address)) for name, address in said.items()]
        set_ways(session, who.actor, wished, names)
        return "/notifications"

    return attempt(db, who, form, act) or page(request, "notifications/ways.html", 422, form=form, names=names)


HANDLERS = [notifications, saw_all, open_one, ways, choose_ways]
