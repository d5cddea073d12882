"""Boards: what hangs on a unit's board now, row by row as it was sealed."""

from typing import Annotated

from litestar import Response, get
from litestar.params import FromPath
from msgspec import Meta, Struct

from services.api.v1.callers import Caller
from services.api.v1.calls import answer
from services.api.v1.endpoints import reads
from services.api.v1.shapes import Id, Instant, Period, Points, State, Words, local, points
from services.api.web.envelope import Asked
from shared.authz.actions import Action
from shared.usecases.boards import Board, see_board
from shared.usecases.places import read_only, unit_place, visit_as
from shared.usecases.postings import PostedLine, Posting, Proof


class RowShown(Struct, frozen=True):
    """One member's row as it hangs."""

    line_id: Id
    name: Words
    group: Words
    period: Period
    points: Points | None
    reason: Words | None
    state: State
    objections: Annotated[str | None, Meta(description="正在办理的异议编号")]


class NoticeHanging(Struct, frozen=True):
    """A notice with its rows and its seal; `agrees` says whether the database still gives that seal."""

    id: Id
    code: Annotated[str, Meta(description="公示上印的短码", examples=["k7m2p9"])]
    kind: State
    period: Period
    title: Words
    published_at: Instant | None
    closes_at: Annotated[Instant | None, Meta(description="异议期到什么时候为止，null 表示不设异议期")]
    why: Words | None
    digest: Annotated[str, Meta(description="封存时的摘要（SHA-256）")]
    agrees: Annotated[bool, Meta(description="现在的数据与封存时是否一致")]
    rows: list[RowShown]


class BoardShown(Struct, frozen=True):
    """A unit's board: what is open and the newest in full."""

    unit_id: Id
    unit_name: Words
    now: Instant
    notices: list[NoticeHanging]


@get(
    "/api/v1/boards/{named:str}",
    opt=reads(Action.BOARD_SEE, "一个单位的公示栏；按单位的编码或编号", BoardShown),
    sync_to_thread=True,
)
def board(request: Asked, caller: Caller, named: FromPath[str]) -> Response[bytes]:
    """Show a unit's board."""
    with caller.db.begin() as session:
        read_only(session)
        place = unit_place(session, named.replace("\0", ""))
        seen = see_board(session, visit_as(session, caller.actor, place), place)
    return answer(request, _shown(seen))


def _shown(seen: Board) -> BoardShown:
    return BoardShown(
        unit_id=seen.unit.id,
        unit_name=seen.unit.name,
        now=seen.now.replace(microsecond=0),
        notices=[_notice(posting, proof) for posting, proof in seen.postings],
    )


def _notice(posting: Posting, proof: Proof) -> NoticeHanging:
    notice = posting.notice
    return NoticeHanging(
        id=notice.id,
        code=notice.code,
        kind=notice.kind,
        period=notice.period,
        title=notice.title,
        published_at=local(notice.published_at),
        closes_at=local(notice.closes_at),
        why=notice.why,
        digest=proof.seal.digest,
        agrees=proof.agrees,
        rows=[_row(line) for line in posting.lines],
    )


def _row(line: PostedLine) -> RowShown:
    return RowShown(
        line_id=line.line_id,
        name=line.name,
        group=line.group,
        period=line.period,
        points=points(line.points),
        reason=line.reason,
        state=line.state,
        objections=line.objections,
    )


HANDLERS = [board]
