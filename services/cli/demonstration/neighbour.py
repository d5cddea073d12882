"""The neighbour: a second, small county with a book and people of its own; neither sees anything of the other."""

from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.cli.demonstration.county import Place, build_branch, found, founder, issue, town_of
from services.cli.demonstration.figures import count_of_book
from services.cli.demonstration.plays import Play
from services.cli.demonstration.present import NOW, begin_present
from services.cli.demonstration.stage import Stage
from shared.domain.periods import Period
from shared.domain.units import UnitKind

STARTS = datetime(2025, 12, 20, 1, tzinfo=UTC)
BOOK, QUARTER = "xujiayan", "2026-Q1"
STORIES = {"wx-01": ["upheld"], "wx-03": ["rejected"]}
_TOWN = ("石门镇党委", UnitKind.TOWNSHIP, "wx-sm")
PLACES = tuple(
    Place(BOOK, f"石门镇{village}村党支部", f"wx-{n:02d}", *_TOWN, members=members, groups=2, scorers=3)
    for n, (village, members) in enumerate((("上坪", 24), ("河口", 22), ("老屋", 20)), start=1)
)
EXPECTED = {"branches": 3, "members": 66, "notices": 3, "lines_settled": 66, "filed": 3}


def perform_neighbour(stage: Stage) -> None:
    """Found the second county and play its one quarter."""
    by = founder(stage.county_id)
    stage.say("邻县：望溪县石门镇 3 个村党支部的一季度")
    found(stage, by, "望溪县", "wangxi")
    town = town_of(stage, by, PLACES[0])
    book_id = issue(stage, by, BOOK, stage.county_id)
    period, troupes = Period.parse(QUARTER), []
    for place in PLACES:
        troupe = build_branch(stage, by, place, town, book_id)
        stories = {QUARTER: STORIES[place.code]} if place.code in STORIES else {}
        Play(stage, by, troupe, claims_a_month=3, stories=stories).schedule([period])
        troupes.append(troupe)
    # Quietly: what is claimed in the new quarter would stand in the figures of the old one as not accepted.
    begin_present(stage, [], troupes)
    stage.play(until=NOW)
    stage.settle_down()


def count_neighbour(session: Session, county_id: UUID, verified: bool) -> dict[str, int]:
    """Return what happened in the second county; `verified` whether its ledger holds."""
    return {**count_of_book(session, county_id, BOOK), "verified": verified}


def missed_there(figures: Mapping[str, int]) -> list[str]:
    """Return every figure that was not reached, as a sentence."""
    wrong = [
        f"石门镇 {key}：应为 {want}，实为 {figures[key]}" for key, want in EXPECTED.items() if figures[key] != want
    ]
    wrong += [f"石门镇 {key}：为 0" for key in ("claims", "confirmed", "objections") if not figures[key]]
    return wrong if figures["verified"] else [*wrong, "望溪县台账核验未通过"]
