"""Trials: a draft tried on rounds that are over, branch by branch; numbers for who tries, names for the branch."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select, text
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import hold, see
from shared.db.book_drafts import BookDraft
from shared.db.jobs import Job
from shared.db.rounds import Round
from shared.db.session import enter
from shared.db.trials import Trial, TrialLine, TrialPart
from shared.db.units import Unit
from shared.domain.errors import Invalid, NotNow
from shared.domain.jobs import Errand, Progress
from shared.domain.periods import Period
from shared.domain.rounds import RoundState
from shared.domain.rules import RuleBook
from shared.domain.trials import Effect, shifts, try_out
from shared.usecases.book_approvals import subtree_of, takers
from shared.usecases.book_drafts import edition_of, person_of
from shared.usecases.book_readings import read_text
from shared.usecases.books import book_of
from shared.usecases.jobs import ask_for_job
from shared.usecases.places import enter_as
from shared.usecases.samples import sample_of

KIND = "trial"
# One step of a job takes so many branches: seconds, whatever their size.
AT_A_TIME = 40
OVER = (RoundState.SETTLED, RoundState.FILED)

_LATELY = text("""
SELECT t.id, t.edition, t.rounds, t.asked_at, t.done_at, jsonb_array_length(t.units) AS units,
       coalesce(sum(p.members), 0) AS members, coalesce(sum(p.raised + p.lowered), 0) AS repointed,
       coalesce(sum(p.regraded), 0) AS regraded
FROM trial t LEFT JOIN trial_part p ON p.county_id = t.county_id AND p.trial_id = t.id
WHERE t.county_id = :county AND t.unit_id = :unit AND t.draft_id = :draft
GROUP BY t.county_id, t.id ORDER BY t.asked_at DESC, t.id
""")
_LINES = text("""
SELECT l.*, m.name, m.member_no FROM trial_line l
JOIN member m ON m.county_id = l.county_id AND m.id = l.member_id
WHERE l.county_id = :county AND l.trial_id = :trial AND l.unit_id = :unit
ORDER BY l.result_before = l.result_after, m.name_sort, m.member_no
""")


@dataclass(frozen=True, slots=True)
class TrialPage:
    """A trial as whoever tries it sees it: numbers of each branch, and names only of their own members."""

    trial: Trial
    draft: BookDraft
    parts: Sequence[tuple[TrialPart, Unit]]
    lines: Sequence[Row[Any]]
    shifts: dict[str, int]

    def total(self, figure: str) -> int:
        """Return the sum of one figure over all branches."""
        return sum(getattr(part, figure) for part, _ in self.parts)


def rounds_over(session: Session, actor: Actor, draft_id: UUID) -> list[str]:
    """Return the rounds that a draft can be tried on: those that have settled where it would be used."""
    draft = see(session, actor, Action.BOOK_SEE, BookDraft, draft_id)
    units = [one.unit_id for one in takers(session, actor, draft)]
    settled = select(Round.period).where(
        Round.county_id == actor.county_id,
        Round.unit_id.in_(units),
        Round.state.in_([str(state) for state in OVER]),
        func.length(Round.period) > 4,
    )
    with subtree_of(session, actor):
        return list(session.scalars(settled.distinct().order_by(Round.period.desc())))


def ask_for_trial(
    session: Session, actor: Actor, draft_id: UUID, rounds: Sequence[str], now: datetime
) -> tuple[Trial, Job | None]:
    """Try the draft as it stands: at once for a branch's own, by a job for those below; nothing settles."""
    draft = hold(session, actor, Action.BOOK_DRAFT, BookDraft, draft_id)
    wanted = sorted(set(rounds) & set(rounds_over(session, actor, draft_id)))
    if not wanted:
        raise Invalid("请至少选一期已经登记入账的积分。")
    if len({Period.parse(one).year for one in wanted}) > 1:
        raise Invalid("一次试算只能选同一年的各期。")
    using = takers(session, actor, draft)
    units = [str(one.unit_id) for one in using]
    trial = Trial(
        county_id=actor.county_id,
        unit_id=actor.unit_id,
        draft_id=draft.id,
        edition=draft.edition,
        before_id=max(using, key=lambda one: (one.book.version, one.since)).book.id,
        rounds=wanted,
        units=units,
        asked_by=person_of(actor),
        asked_at=now,
    )
    session.add(trial)
    session.flush()
    if units == [str(actor.unit_id)]:
        _try_in(session, actor, trial, [actor.unit_id], now)
        return trial, None
    title = f"试算“{_draft_book(session, actor, trial).title}”第 {draft.version} 版"
    errand = Errand(KIND, title, {"trial": str(trial.id)}, total=len(units))
    return trial, ask_for_job(session, actor, errand, now)


def try_on(session: Session, actor: Actor, job: Job, now: datetime) -> Progress:
    """Do the next branches of a trial; what one step does is written with it or not at all."""
    trial = see(session, actor, Action.BOOK_SEE, Trial, UUID(job.arguments["trial"]))
    units = [UUID(unit) for unit in trial.units]
    _try_in(session, actor, trial, units[job.done : job.done + AT_A_TIME], now, last=units[-1:])
    done = min(job.done + AT_A_TIME, len(units))
    return Progress(done, len(units), f"已试算 {done} 个支部", f"/books/trials/{trial.id}")


def see_trials(session: Session, actor: Actor, draft_id: UUID) -> Sequence[Row[Any]]:
    """Return the trials of a draft with their sums, newest first."""
    draft = see(session, actor, Action.BOOK_SEE, BookDraft, draft_id)
    where = {"county": actor.county_id, "unit": actor.unit_id, "draft": draft.id}
    return session.execute(_LATELY, where).all()


def see_trial(session: Session, actor: Actor, trial_id: UUID) -> TrialPage:
    """Return a trial: each branch in numbers, and the acting unit's own members by name."""
    trial = see(session, actor, Action.BOOK_SEE, Trial, trial_id)
    draft = see(session, actor, Action.BOOK_SEE, BookDraft, trial.draft_id)
    parts = session.execute(
        select(TrialPart, Unit)
        .join(Unit, (Unit.county_id == TrialPart.county_id) & (Unit.id == TrialPart.unit_id))
        .where(TrialPart.county_id == actor.county_id, TrialPart.trial_id == trial.id)
        .order_by(TrialPart.regraded.desc(), (TrialPart.raised + TrialPart.lowered).desc(), Unit.code)
    ).all()
    where = {"county": actor.county_id, "unit": actor.unit_id, "trial": trial.id}
    moved: dict[str, int] = {}
    for part, _ in parts:
        for way, number in part.shifts.items():
            moved[way] = moved.get(way, 0) + number
    lines = session.execute(_LINES, where).all()
    return TrialPage(trial, draft, [(part, unit) for part, unit in parts], lines, dict(sorted(moved.items())))


def _try_in(
    session: Session, actor: Actor, trial: Trial, units: Sequence[UUID], now: datetime, last: Sequence[UUID] = ()
) -> None:
    """Try the draft in some branches, each inside its own walls."""
    before, after = book_of(session, actor.county_id, trial.before_id), _draft_book(session, actor, trial)
    county_id, home, trial_id, rounds = trial.county_id, trial.unit_id, trial.id, list(trial.rounds)
    for unit_id in units:
        enter(session, county_id, [unit_id], actor.person_id)
        sample = sample_of(session, county_id, unit_id, before, rounds)
        effects = try_out(before, after, sample)
        whose = {"county_id": county_id, "unit_id": unit_id, "trial_id": trial_id}
        session.add(_part(whose, home, len(sample.members), effects))
        session.add_all(_line(whose, effect) for effect in effects)
        session.flush()
    enter_as(session, actor)
    if not last or last[0] in units:
        trial.done_at = now


def _draft_book(session: Session, actor: Actor, trial: Trial) -> RuleBook:
    draft = see(session, actor, Action.BOOK_SEE, BookDraft, trial.draft_id)
    text_ = edition_of(session, draft, trial.edition).text
    reading = read_text(session, actor.county_id, draft.unit_id, text_)
    if reading.errors:
        raise NotNow("草稿还有错误，改好以后才能试算。")
    return reading.book


def _part(whose: dict[str, UUID], home: UUID, members: int, effects: Sequence[Effect]) -> TrialPart:
    moved = [(one.before.points or 0, one.after.points or 0) for one in effects]
    return TrialPart(
        **whose,
        to_unit_id=home,
        members=members,
        raised=sum(after > before for before, after in moved),
        lowered=sum(after < before for before, after in moved),
        regraded=sum(one.regraded for one in effects),
        shifts=dict(shifts(effects)),
    )


def _line(whose: dict[str, UUID], effect: Effect) -> TrialLine:
    return TrialLine(
        **whose,
        member_id=UUID(effect.member),
        points_before=effect.before.points,
        points_after=effect.after.points,
        result_before=effect.before.result,
        result_after=effect.after.result,
        reasons=list(effect.reasons),
    )
