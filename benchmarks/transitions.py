"""Steps of a claim: one by one, each with its gate, history and commit, and a meeting's worth in one statement."""

import time
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from benchmarks.claimants import NOW
from benchmarks.counties import Size, a_county_at_work
from benchmarks.figures import Figure, median
from benchmarks.peer_stacks import Peers
from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import hold_all
from shared.db.claims import Claim
from shared.db.session import Db, acting
from shared.domain.claims import CLAIM, ClaimCommand
from shared.usecases.carry_out import all_of

TIMES = 3
SINGLY, TOGETHER = 300, 802
_CLAIMS = text("""
INSERT INTO claim (county_id, id, unit_id, round_id, member_id, number, item, happened_on, text, entered_by,
                   filed_at, state, stage)
SELECT m.county_id, gen_random_uuid(), m.unit_id, r.id, m.id, m.member_no, 'D-B4', '2026-03-02', '', m.person_id,
       :now, 'submitted', 1
FROM member m JOIN round r ON r.county_id = m.county_id AND r.unit_id = m.unit_id WHERE m.county_id = :county
RETURNING unit_id, id
""")


def measure(engine: Engine, db: Db, scale: float, peers: Peers | None) -> list[Figure]:
    """Accept claims singly and together, and a flow's steps beside them."""
    number, batch = (max(2, round(most * min(scale, 1))) for most in (SINGLY, TOGETHER))
    singly = [accepted_in(engine, db, number, 1) for _ in range(TIMES)]
    together = [accepted_in(engine, db, batch, batch) for _ in range(TIMES)]
    figures = [
        Figure("steps", "逐件审核，每件一次提交", median(singly), "步/秒"),
        Figure("steps_together", f"{batch} 件一并审核", median(together), "步/秒"),
    ]
    if peers is None:
        return figures
    flow = [peers.flow_steps() for _ in range(TIMES)]
    return [
        *figures,
        Figure("steps_by_viewflow", "逐件办理比 viewflow", median(_times(singly, flow)), "倍", 10),
        Figure("steps_together_by_viewflow", "成批办理比 viewflow", median(_times(together, flow)), "倍", 100),
    ]


def _times(ours: Sequence[float], theirs: Sequence[float]) -> list[float]:
    return [mine / other for mine, other in zip(ours, theirs, strict=True)]


def accepted_in(engine: Engine, db: Db, number: int, at_once: int) -> float:
    """Return the claims a second that are accepted, so many in each transaction."""
    county = a_county_at_work(engine, Size(1, 1, number, 0))
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        made = connection.execute(_CLAIMS, {"county": county, "now": NOW}).all()
    by = Actor(county, made[0].unit_id, county, "支部书记", frozenset({"secretary"}))
    begun = time.monotonic()
    for start in range(0, number, at_once):
        with acting(db, county, by.unit_id) as session:
            _accept(session, by, [row.id for row in made[start : start + at_once]])
    return number / (time.monotonic() - begun)


def _accept(session: Session, by: Actor, ids: Sequence[UUID]) -> None:
    hold_all(session, by, Action.CLAIM_DECIDE, Claim, ids)
    all_of(session, by, Claim, ids, CLAIM, ClaimCommand.ACCEPT, NOW, note="支委〔2026〕3号")
