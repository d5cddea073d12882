"""Members: the branch's roster, as far as whoever asks may see it; no telephone, no birthday."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath
from msgspec import Meta, Struct, field

from services.api.v1.callers import Caller
from services.api.v1.calls import answer
from services.api.v1.endpoints import reads
from services.api.v1.paging import Paging, paged
from services.api.v1.shapes import Day, Id, Page, Words
from services.api.web.envelope import Asked
from shared.authz.actions import Action
from shared.usecases.rosters import see_member, see_roster

LONGEST = 40


class MemberListed(Struct, frozen=True):
    """A member in one line."""

    id: Id
    member_no: str
    name: Words
    class_: Annotated[str, Meta(description="类别", examples=["普通党员"])] = field(name="class")
    probationary: Annotated[bool, Meta(description="预备党员")]
    group: Words | None
    present_to: Annotated[Day | None, Meta(description="最后在支部的一天，null 表示在册")]


class MemberShown(Struct, frozen=True):
    """A member by themselves."""

    id: Id
    member_no: str
    name: Words
    class_: Annotated[str, Meta(description="类别", examples=["普通党员"])] = field(name="class")
    probationary: Annotated[bool, Meta(description="预备党员")]
    office: Annotated[str, Meta(description="职务")]
    group: Words | None
    contact: Annotated[str | None, Meta(description="联系人")]
    present_from: Day | None
    present_to: Annotated[Day | None, Meta(description="最后在支部的一天，null 表示在册")]
    exempt_from: Annotated[Day | None, Meta(description="从哪一天起不列入积分考核")]
    exempt_to: Day | None
    left: Annotated[str, Meta(description="怎样离开的，空的表示在册")]


@get(
    "/api/v1/members",
    opt=reads(Action.MEMBER_SEE, "支部名册", Page[MemberListed], q="姓名或编号里的几个字"),
    sync_to_thread=True,
)
def members(request: Asked, caller: Caller, paging: Paging) -> Response[bytes]:
    """List the branch's members, by strokes of their names."""
    wanted = str(request.query_params.get("q", ""))[:LONGEST].replace("\0", "")
    with caller.acting() as session:
        roster = see_roster(session, caller.actor, wanted)
        found = list(roster.members)
        for page in range(2, roster.last + 1):
            found += see_roster(session, caller.actor, wanted, page).members
    return answer(request, paged(paging, found, lambda one: one.id, _listed))


@get(
    "/api/v1/members/{member_id:uuid}",
    opt=reads(Action.MEMBER_SEE, "名册里的一位党员", MemberShown),
    sync_to_thread=True,
)
def member(request: Asked, caller: Caller, member_id: FromPath[UUID]) -> Response[bytes]:
    """Show a member to an officer."""
    with caller.acting() as session:
        seen = see_member(session, caller.actor, member_id)
    row = seen.member
    told = MemberShown(
        id=row.id,
        member_no=row.member_no,
        name=row.name,
        class_=row.class_,
        probationary=row.probationary,
        office=row.office,
        group=seen.group.name if seen.group else None,
        contact=seen.contact.name if seen.contact else None,
        present_from=row.present_from,
        present_to=row.present_to,
        exempt_from=row.exempt_from,
        exempt_to=row.exempt_to,
        left=seen.left if row.left_as else "",
    )
    return answer(request, told)


def _listed(row: Any) -> MemberListed:
    return MemberListed(
        id=row.id,
        member_no=row.member_no,
        name=row.name,
        class_=getattr(row, "class"),
        probationary=row.probationary,
        group=row.group_name,
        present_to=row.present_to,
    )


HANDLERS = [members, member]
