"""Chrome: what stands around every page: who is signed in, where they may go, whom they may ask."""

from dataclasses import dataclass, replace
from uuid import UUID

from litestar.template.base import csrf_token
from sqlalchemy.orm import Session

from services.api.web.envelope import Asked
from services.api.web.sessions import SCOPE, Someone
from shared.authz.actor import Actor
from shared.authz.gate import able
from shared.domain.roles import ADMINISTRATORS
from shared.usecases.suspensions import said_of


@dataclass(frozen=True, slots=True)
class Link:
    """An entry of the navigation; `counted` names what of `Around` waits there, `count` how many there are."""

    href: str
    text: str
    roles: frozenset[str] = frozenset()
    counted: str = ""
    count: int = 0
    current: bool = False


BRANCH = frozenset({"secretary", "organiser", "publicity", "deputy", "committee", "recorder", "office"})
# Who may bring lists in for their branch.
BRANCH_RECORDS = frozenset({"secretary", "recorder", "office"})
ABOVE = frozenset({"general_officer", "township_officer", "bureau_officer", "county_officer"})
MEMBER = frozenset({"member"})
# In the order in which they are read; each is shown to whoever holds one of its roles, or to all for none.
LINKS = (
    Link("/acting-for", "代家人办理", frozenset({"relative"})),
    Link("/home", "我的积分", MEMBER),
    Link(
        "/desk",
        "待办",
        BRANCH | ABOVE | {"group_leader", "scorer", "discipline", "contact", "village_head"},
        "waiting",
    ),
    Link("/claims", "我的申报", MEMBER),
    Link("/rounds", "本期工作", BRANCH | {"group_leader", "scorer", "discipline"}),
    Link("/scores", "评分", frozenset({"scorer"})),
    Link("/members", "名册", BRANCH | {"group_leader", "discipline", "contact"}),
    Link("/changes", "党员变动", frozenset({"secretary", "organiser"})),
    Link("/imports", "导入", BRANCH_RECORDS | ABOVE | {"system_administrator"}),
    Link("/appraisals", "民主评议", BRANCH | {"discipline"}),
    Link("/outcomes", "结果运用", BRANCH | ABOVE | {"discipline"}),
    Link("/reports", "情况反映", frozenset({"recorder", "office", "group_leader", "contact", "village_head"})),
    Link("/overview", "工作总览", ABOVE),
    Link("/units", "组织", ABOVE),
    Link("/officers", "人员登录", ABOVE | {"system_administrator"}),
    Link("/programs", "程序接入", frozenset({"system_administrator"})),
    Link("/ledger", "台账监督", frozenset({"discipline"})),
    Link("/books", "积分细则", BRANCH | ABOVE | {"discipline"}),
    Link("/policies", "职责分工", BRANCH | ABOVE | {"discipline", *ADMINISTRATORS}),
    Link("/retention", "材料保存", frozenset({"county_officer"})),
    Link("/yardsticks", "评定尺度", frozenset({"county_officer"})),
    Link("/delegations", "委托", frozenset({"group_leader", "contact"})),
    Link("/board", "公示栏"),
    Link("/notifications", "通知", counted="unseen"),
)


SUSPENDED = "jifen_suspended"


@dataclass(frozen=True, slots=True)
class Chrome:
    """What `base.html` shows around a page; for a stranger only the token and nobody's name."""

    csrf: str
    person: str = ""
    seat: str = ""
    seats: int = 0
    acting_for: str = ""
    links: tuple[Link, ...] = ()
    help_name: str = ""
    help_telephone: str = ""
    suspended: str = ""
    actor: Actor | None = None

    def may(self, action: str) -> bool:
        """Whether this person may take `thing:verb` at all: by it a page offers, nothing is decided by it."""
        return self.actor is not None and able(self.actor, action)


def chrome_of(request: Asked, part: str = "") -> Chrome:
    """Return what stands around this page for whoever has asked; `part` is the menu's entry it belongs to."""
    token = csrf_token({"request": request})
    someone: Someone | None = request.scope.get(SCOPE)  # type: ignore[assignment]
    if someone is None:
        return Chrome(token, suspended=str(request.scope.get(SUSPENDED, "")))
    signed_in = someone.signed_in
    return Chrome(
        token,
        person=signed_in.person_name,
        seat=signed_in.seat.words if signed_in.seat else "",
        seats=len(signed_in.seats),
        acting_for=signed_in.for_name,
        links=_links(someone, part or request.url.path) if signed_in.actor else (),
        help_name=someone.around.help_name,
        help_telephone=someone.around.help_telephone,
        suspended=someone.around.suspended,
        actor=signed_in.actor,
    )


def note_place(request: Asked, session: Session, county_id: UUID) -> None:
    """Have a stranger's page say whether the county in which they stand takes nothing in."""
    request.scope[SUSPENDED] = said_of(session, county_id)  # type: ignore[literal-required]


def _links(someone: Someone, path: str) -> tuple[Link, ...]:
    mine = [link for link in LINKS if not link.roles or link.roles & someone.actor.roles]
    return tuple(
        replace(
            link,
            count=getattr(someone.around, link.counted) if link.counted else 0,
            current=path == link.href or path.startswith(f"{link.href}/"),
        )
        for link in mine
    )
