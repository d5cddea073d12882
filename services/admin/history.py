"""The history in the panel: who took which step when; what was noted with it stays where it was written."""

from typing import Any

from anyio.to_thread import run_sync
from sqladmin.pagination import Pagination
from starlette.requests import Request

from services.admin.listings import WORDS, Choice, Listing, in_words, who_asks
from services.admin.rows import History
from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.db.session import Db
from shared.domain.wording import roles
from shared.usecases.oversight import note_reading
from shared.usecases.places import enter_as, instant

# What the history speaks of, by the names of its tables.
KINDS = (
    *("account", "appeal", "claim", "complaint", "filing", "holding", "line", "meeting", "member", "notice"),
    *("audit", "audited_line", "supervision", "work_meeting", "yardstick"),
    *("objection", "outcome_case", "person", "proxy", "record", "reflection", "report", "round", "unit"),
)


def _roles(row: Any, _: Any) -> str:
    return roles(row.role)


class Steps(Listing, model=History):
    """Every step; the audit administrator's alone."""

    declared = Action.AUDIT_SEE
    name = name_plural = "办理记录"
    icon = "fa-solid fa-list-check"
    column_list = ("at", "unit_name", "actor_name", "role", "subject_kind", "command", "before", "after")
    column_details_list = (*column_list, "recorded_at", "subject_id", "id")
    column_searchable_list = ("actor_name", "unit_name", "command", "subject_id")
    column_sortable_list = ("at", "unit_name", "actor_name")
    column_default_sort = ("at", True)
    column_filters = (Choice("subject_kind", {kind: WORDS[kind] for kind in KINDS}),)
    column_formatters = column_formatters_detail = {
        "role": _roles,
        **dict.fromkeys(("subject_kind", "command", "before", "after"), in_words()),
    }

    async def list(self, request: Request) -> Pagination:
        """Return the page that is asked for, and write down that it was read: the first two are to be watched."""
        await run_sync(_note, request.app.state.db, who_asks(request).actor)
        return await super().list(request)


def _note(db: Db, actor: Actor) -> None:
    with db.begin() as session:
        enter_as(session, actor)
        note_reading(session, actor, instant(session, actor))


VIEWS = [Steps]
