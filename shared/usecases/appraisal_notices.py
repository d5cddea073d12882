"""The notice over a year's appraisal: its results as they hang, each held or settled by itself."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from shared.authz.actor import Actor
from shared.db.appraisals import Evaluation
from shared.db.notices import Notice, NoticeVerdict
from shared.domain.appraisals import EVALUATION, EvaluationCommand, EvaluationState
from shared.domain.boards import told_apart
from shared.domain.errors import NotNow
from shared.domain.notices import NoticeKind
from shared.usecases.appraisals import verdicts_of
from shared.usecases.carry_out import step

# As the notice showed them, and where each stands now; before it hangs, as the committee proposes them.
_RESULTS = text("""
SELECT v.id, v.member_id, m.name, coalesce(g.name, '') AS group_name, coalesce(n.result, v.proposed) AS result,
       CASE WHEN n.id IS NULL THEN v.reason ELSE n.reason END AS reason,
       CASE WHEN n.id IS NOT NULL AND v.proposed <> n.result THEN v.proposed END AS corrected,
       v.objected_at, v.answered_at, v.settled_at
FROM verdict v JOIN member m ON m.county_id = v.county_id AND m.id = v.member_id
LEFT JOIN party_group g ON g.county_id = m.county_id AND g.id = m.group_id
LEFT JOIN notice_verdict n ON n.county_id = v.county_id AND n.notice_id = :notice AND n.verdict_id = v.id
WHERE v.county_id = :county AND v.evaluation_id = :evaluation
ORDER BY m.name_sort, m.name, g.number, m.member_no
""")


@dataclass(frozen=True, slots=True)
class PostedResult:
    """One member's result as it hangs; `corrected` is what an answered objection has made of it since."""

    ordinal: int
    verdict_id: UUID
    member_id: UUID
    name: str
    group: str
    apart: str | None
    result: str
    reason: str | None
    corrected: str | None
    objected_at: datetime | None
    answered_at: datetime | None
    settled_at: datetime | None

    @property
    def held(self) -> bool:
        """Whether an objection waits for its answer: this result alone is not settled."""
        return self.objected_at is not None and self.answered_at is None


def evaluation_of(session: Session, notice: Notice) -> Evaluation:
    """Return the appraisal that a notice is over; NotNow where that year has none."""
    own = select(Evaluation).filter_by(county_id=notice.county_id, unit_id=notice.unit_id, year=int(notice.period))
    found = session.scalar(own)
    if found is None:
        raise NotNow(f"{notice.period} 年还没有开始民主评议，不能公示。")
    return found


def proposed_for(session: Session, notice: Notice) -> Evaluation:
    """Return the appraisal whose results can be published; NotNow before the committee has proposed them."""
    evaluation = evaluation_of(session, notice)
    if evaluation.state != EvaluationState.PROPOSED:
        said = EVALUATION.words[EvaluationState(evaluation.state)]
        raise NotNow(f"{evaluation.year} 年度民主评议现在是“{said}”，支委会提出评议意见以后才能公示结果。")
    return evaluation


def show_results(session: Session, actor: Actor, notice: Notice, now: datetime) -> None:
    """Write down what hangs, and let the appraisal wait for the end of the notice's window."""
    evaluation = proposed_for(session, notice)
    shown = [
        {
            "county_id": one.county_id,
            "unit_id": one.unit_id,
            "notice_id": notice.id,
            "verdict_id": one.id,
            "member_id": one.member_id,
            "result": one.proposed,
            "reason": one.reason,
        }
        for one in verdicts_of(session, evaluation)
    ]
    session.execute(insert(NoticeVerdict), shown)
    evaluation.notice_id = notice.id
    step(session, actor, evaluation, EVALUATION, EvaluationCommand.PUBLISH, now)


def results_of_notice(session: Session, notice: Notice) -> tuple[PostedResult, ...]:
    """Return the results on a notice, in a board's order; none for any other notice."""
    if notice.kind != NoticeKind.APPRAISAL:
        return ()
    where = {"county": notice.county_id, "notice": notice.id, "evaluation": evaluation_of(session, notice).id}
    rows = session.execute(_RESULTS, where).all()
    same = told_apart([(row.name, row.group_name) for row in rows])
    return tuple(
        PostedResult(place, row.id, row.member_id, row.name, row.group_name, apart, *row[4:])
        for place, (row, apart) in enumerate(zip(rows, same, strict=True), 1)
    )
