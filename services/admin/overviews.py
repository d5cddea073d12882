"""Overviews of the panel: the tree of units, and how many of what stand where; counts and states only."""

from collections import defaultdict
from collections.abc import Mapping
from uuid import UUID

from anyio.to_thread import run_sync
from sqladmin import BaseView, expose
from sqlalchemy import select, text
from starlette.requests import Request
from starlette.responses import Response

from services.admin.listings import WORDS, may
from services.admin.rows import Unit
from shared.authz.actions import Action
from shared.db.session import Db
from shared.domain.wording import said

Counted = Mapping[str, list[tuple[str, int]]]
Tree = Mapping[UUID | None, list[Unit]]
# Work by its state in the acting units, then what waits to be sent or could not be.
_COUNTS = text("""
SELECT noun, state, sum(number)::int FROM jifen.counts() GROUP BY noun, state
UNION ALL SELECT 'message', state, count(*)::int FROM panel.message WHERE state <> 'done' GROUP BY state
UNION ALL SELECT 'delivery', state, count(*)::int FROM panel.delivery WHERE state = 'failed' GROUP BY state
UNION ALL SELECT 'deadline', 'late', count(*)::int FROM panel.deadline
    WHERE state = 'waiting' AND due_at <= jifen.instant(jifen.county())
ORDER BY 1, 2
""")
NOUNS = {
    "round": "各期积分",
    "claim": "申报",
    "line": "积分行",
    "notice": "公示",
    "objection": "异议",
    "filing": "备案",
    "message": "发件箱",
    "delivery": "没有送出的",
    "deadline": "到期还没有执行的期限",
}


class TreeView(BaseView):
    """The units as they hang together."""

    name = "单位树"
    icon = "fa-solid fa-sitemap"

    def is_accessible(self, request: Request) -> bool:
        """Return whether who asks is one of the three."""
        return may(request, Action.PANEL_SEE)

    @expose("/tree", identity="tree")
    async def tree(self, request: Request) -> Response:
        """Show the tree under who asks."""
        below, top = await run_sync(tree_of, request.app.state.shown)
        given = {"below": below, "top": top, "words": WORDS, "title": self.name}
        answer: Response = await self.templates.TemplateResponse(request, "tree.html", given)
        return answer


def tree_of(shown: Db) -> tuple[Tree, list[Unit]]:
    """Return the units by the one above, and those whose unit above is not theirs to see."""
    with shown() as session:
        units = list(session.scalars(select(Unit).order_by(Unit.code)))
    known, below = {unit.id for unit in units}, defaultdict[UUID | None, list[Unit]](list)
    for unit in units:
        below[unit.parent_id].append(unit)
    return below, [unit for unit in units if unit.parent_id not in known]


def counts_of(shown: Db) -> Counted:
    """Return how many of each noun stand in which state."""
    with shown() as session:
        rows = session.execute(_COUNTS).all()
    found: dict[str, list[tuple[str, int]]] = {word: [] for word in NOUNS.values()}
    for noun, state, number in rows:
        if number:
            word = "逾期" if state == "late" else WORDS.get(state) or said(state, noun)
            found[NOUNS[noun]].append((word, number))
    return {noun: states for noun, states in found.items() if states}
