"""Stories of objections: answered in time, answered late and escalated, upheld, appealed and won."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.cli.demonstration.rounds import post_drafted, send_up
from services.cli.demonstration.stage import Stage, Troupe
from shared.db.claims import Claim
from shared.db.notices import Notice
from shared.db.objections import Objection
from shared.db.rounds import Line
from shared.domain.procedures import Body
from shared.domain.windows import local_day
from shared.usecases.answers import Remedy, answer_objection
from shared.usecases.appeals import ROLE_OF, appeal, decide_appeal
from shared.usecases.findings import Inquiry, investigate
from shared.usecases.objections import (
    OnPaper,
    Statement,
    assign_investigator,
    confirm_identity,
    enter_paper_objection,
    raise_objection,
)

# story -> after how many days the branch answers, whether it upholds, and how the appeals end, one after another
STORIES: dict[str, tuple[int, bool, tuple[bool, ...]]] = {
    "rejected": (2, False, ()),
    "upheld": (2, True, ()),
    "late": (8, False, ()),
    "won on appeal": (2, False, (True,)),
    "lost on appeal": (2, False, (False,)),
    "won at the second appeal": (2, False, (False, True)),
    "villager on paper": (2, False, ()),
}


def begin(stage: Stage, troupe: Troupe, rounds: Sequence[UUID], story: str) -> None:
    """Let somebody object two days after the notice went up."""
    stage.plan(stage.later(days=2, hours=1), partial(_object, stage, troupe, rounds, story))


def _object(stage: Stage, troupe: Troupe, rounds: Sequence[UUID], story: str) -> None:
    days, upheld, appeals = STORIES[story]
    with stage.acting(troupe) as session:
        line, claim = _about(session, troupe, rounds)
        if story == "villager on paper":
            objection = _on_paper(session, stage, troupe, line)
        else:
            actor = troupe.actors[line.member_id]
            text = "这件事我做了，支部的同志都在场，请再核一核。"
            objection = raise_objection(session, actor, line.id, Statement(text, actor.name))
    remedy = Remedy(accept=(claim.id,), reason="经查属实") if claim else Remedy(reason="经查属实")
    stage.plan(stage.later(hours=20), partial(_assign, stage, troupe, objection.id))
    stage.plan(stage.later(hours=32), partial(_investigate, stage, troupe, objection.id))
    stage.plan(stage.later(days=days), partial(_answer, stage, troupe, objection.id, upheld, remedy))
    for level, won in enumerate(appeals):
        stage.plan(stage.later(days=days + 1 + 3 * level), partial(_appeal, stage, troupe, objection.id))
        hearing = partial(
            _hear_appeal, stage, troupe, objection.id, troupe.book.procedure.appeals[level], won, remedy
        )
        stage.plan(stage.later(days=days + 2 + 3 * level), hearing)
    for later in (days + 1, days + 3 * len(appeals) + 1, 22, 36):
        stage.plan(stage.later(days=later, hours=2), partial(tidy, stage, troupe))


def _about(session: Session, troupe: Troupe, rounds: Sequence[UUID]) -> tuple[Line, Claim | None]:
    """Return a published line with a refused claim, or where all were accepted, an ordinary member's line."""
    published = select(Line).where(Line.round_id.in_(rounds), Line.state == "published")
    numbers = {member.id: member.member_no for member in troupe.members}
    # By number and round, never as the database happens to give them: the same number plays the same story.
    in_order = sorted(
        session.scalars(published), key=lambda line: (numbers[line.member_id], rounds.index(line.round_id))
    )
    lines = {(line.member_id, line.round_id): line for line in in_order}
    refused = select(Claim).where(Claim.round_id.in_(rounds), Claim.state == "refused").order_by(Claim.number)
    for claim in session.scalars(refused):
        line = lines.get((claim.member_id, claim.round_id))
        if line is not None and claim.member_id not in _officers(troupe):
            return line, claim
    return next(line for line in in_order if line.member_id not in _officers(troupe)), None


def _officers(troupe: Troupe) -> set[UUID | None]:
    return {actor.member_id for actor in troupe.officers.values()}


def _on_paper(session: Session, stage: Stage, troupe: Troupe, line: Line) -> Objection:
    """A villager hands a letter in at the village office; the recorder enters it with two who saw it."""
    who = Statement("公示的公益劳动我当时没有看到他参加，请调查。", "柳永根", "第三村民小组", "0555-0199")
    witnesses = (troupe.officers["recorder"].name, troupe.officers["publicity"].name)
    paper = OnPaper(stage.now - timedelta(hours=3), witnesses)
    objection = enter_paper_objection(session, troupe.officers["recorder"], line.id, who, paper, stage.now)
    confirm_identity(session, troupe.officers["recorder"], objection.id, stage.now)
    return objection


def _assign(stage: Stage, troupe: Troupe, objection_id: UUID) -> None:
    """The discipline committee member investigates: they have had no hand in any line."""
    with stage.acting(troupe) as session:
        investigator = troupe.officers["discipline"].person_id
        by = troupe.officers["secretary"]
        if investigator is not None:
            assign_investigator(session, by, objection_id, investigator, stage.now)


def _investigate(stage: Stage, troupe: Troupe, objection_id: UUID) -> None:
    """They hear both sides and write down what they found."""
    inquiry = Inquiry(
        "查阅了登记和会议记录，走访了在场的同志。", "异议人、当事人和两位在场同志", local_day(stage.now)
    )
    with stage.acting(troupe) as session:
        investigate(session, troupe.officers["discipline"], objection_id, inquiry, stage.now)


def _answer(stage: Stage, troupe: Troupe, objection_id: UUID, upheld: bool, remedy: Remedy) -> None:
    first = troupe.officers["office" if troupe.book.procedure.first_answer is Body.OFFICE else "organiser"]
    said = "经调查，所反映的情况属实，予以更正。" if upheld else "经调查，原登记与细则一致，维持不变。"
    with stage.acting(troupe) as session:
        answer_objection(session, first, objection_id, upheld, said, remedy, stage.now)


def _appeal(stage: Stage, troupe: Troupe, objection_id: UUID) -> None:
    with stage.acting(troupe) as session:
        objection = session.get_one(Objection, (stage.county_id, objection_id))
        line = session.get_one(Line, (stage.county_id, objection.line_id))
        appeal(session, troupe.actors[line.member_id], objection_id, "有两位同志可以作证，请上级核实。", stage.now)


def _hear_appeal(stage: Stage, troupe: Troupe, objection_id: UUID, body: Body, won: bool, remedy: Remedy) -> None:
    said = "走访核实，事实清楚，申诉成立。" if won else "走访核实，维持原答复。"
    minute = troupe.minute("申诉认定", stage.now)
    role = ROLE_OF.get(body)
    place = stage.above(troupe) if role is None else stage.acting(troupe)
    actor = troupe.above["officer"] if role is None else troupe.officers[role]
    with place as session:
        decide_appeal(session, actor, objection_id, won, said, minute, remedy, stage.now)


def tidy(stage: Stage, troupe: Troupe) -> None:
    """Post the corrections that the clock has drafted, and send supplements up."""
    with stage.acting(troupe) as session:
        drafted = list(session.scalars(select(Notice.id).filter_by(unit_id=troupe.unit_id, state="drafted")))
    for notice_id in drafted:
        notice = post_drafted(stage, troupe, notice_id)
        if notice.closes_at is not None:
            stage.plan(notice.closes_at + timedelta(hours=9), partial(send_up, stage, troupe))
    send_up(stage, troupe)
