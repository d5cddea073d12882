"""Plans: the branch's calendar of the year."""

from typing import Annotated

from litestar import Response, get
from litestar.params import QueryParameter

from services.api.desks import COMING
from services.api.web.envelope import Asked
from services.api.web.pages import page
from services.api.web.permissions import SIGNED_IN
from services.api.web.sessions import Db, Who
from shared.domain.plans import rhythm_in_words
from shared.usecases.plans import see_plan

MONTHS = range(1, 13)


@get("/plan", opt=SIGNED_IN, sync_to_thread=True)
def plan(
    request: Asked, db: Db, who: Who, year: Annotated[int | None, QueryParameter(ge=2000, le=2100)] = None
) -> Response[str]:
    """Show the year's days, what is past set apart, and what the clock will do of its own accord."""
    with who.acting(db) as session:
        seen = see_plan(session, who.actor, year)
    ahead = [mark for mark in seen.marks if mark.day >= seen.today]
    months = {n: [mark for mark in ahead if (mark.day.year, mark.day.month) == (seen.year, n)] for n in MONTHS}
    return page(
        request,
        "plans/show.html",
        plan=seen,
        months=months,
        past=[mark for mark in seen.marks if mark.day < seen.today],
        after=[mark for mark in ahead if mark.day.year > seen.year],
        rhythm=rhythm_in_words(seen.book),
        coming=COMING,
    )


HANDLERS = [plan]
