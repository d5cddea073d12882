"""Batches: one paper for everybody in a branch, or of every branch below, printed while its page is closed."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import see_all
from shared.db.filings import Filing
from shared.db.jobs import Job
from shared.db.members import Member
from shared.db.rounds import Round
from shared.domain.errors import NotFound
from shared.domain.jobs import Errand, Progress
from shared.domain.periods import Period
from shared.domain.windows import local_day
from shared.papers.layouts import Paper
from shared.papers.prints import pdf_of
from shared.usecases.carry_out import remark
from shared.usecases.dossier_papers import (
    application_of,
    booklet_of,
    card_of,
    entries_of,
    record_of,
    statement_of,
)
from shared.usecases.jobs import ask_for_job, keep_file
from shared.usecases.looks import LOOK
from shared.usecases.matter_papers import filing
from shared.usecases.member_papers import claimed, newest
from shared.usecases.papers import KINDS
from shared.usecases.round_papers import of_round
from shared.usecases.wishes import Wish
from shared.usecases.yearbooks import Yearbook, exempt_in

KIND = "papers"
# A volume is set within seconds, and is as thick as a stapler takes.
VOLUME = 100

Whose = Callable[[Row[Any]], Paper]


def papers_of_branch(session: Session, actor: Actor, name: str, round_id: UUID, wish: Wish) -> list[Paper]:
    """Return one paper for everybody who has a line in the round's year, by strokes, for who keeps the record."""
    round_, year = of_round(session, actor, round_id)
    made = _each(session, actor, name, round_, year, wish)
    return [made(person) for person in in_the_year(year)]


def in_the_year(year: Yearbook) -> list[Row[Any]]:
    """Return those who are scored, or will be once the lines are made, in the order in which their names hang."""
    last = date(year.year, 12, 31)
    return [one for one in year.people if one.id in year.lines or not exempt_in(one, last)]


def _each(session: Session, actor: Actor, name: str, round_: Round, year: Yearbook, wish: Wish) -> Whose:
    """Return how a person's paper is made from what has been read for all of them at once."""
    today = local_day(wish.now)
    if name == "card":
        return lambda person: card_of(year, person, wish.address)
    if name == "booklet":
        return lambda person: booklet_of(year, person, today)
    if name == "application":
        open_one = newest(year) if len(round_.period) == 4 else round_
        deeds = claimed(session, actor, open_one.id)
        address = f"{wish.address}/rounds/{open_one.id}/paper"
        return lambda person: application_of(year, person, open_one.period, deeds.get(person.id, ()), address)
    whole = round_.period if name == "records" else str(year.year)
    entries, _ = entries_of(session, round_.county_id, round_.unit_id, whole)
    if name == "statement":
        return lambda person: statement_of(year, person, entries.get(person.id, ()), today)
    if name == "records":
        said = Period.parse(whole).in_words
        return lambda person: record_of(year, person, entries.get(person.id, ()), said)
    raise NotFound("这种纸面材料不能成批打印。")


def ask_for_branch(session: Session, actor: Actor, name: str, round_id: UUID, wish: Wish) -> Job:
    """Ask for one paper for everybody in the branch."""
    round_, year = of_round(session, actor, round_id)
    _each(session, actor, name, round_, year, wish)
    title = f"打印 {Period.parse(round_.period).in_words}{KINDS[name].form}"
    given = {"paper": name, "round": str(round_id), "address": wish.address}
    return ask_for_job(session, actor, Errand(KIND, title, given, len(in_the_year(year))), wish.now)


def ask_for_filed(session: Session, actor: Actor, filing_ids: Sequence[UUID], wish: Wish) -> Job:
    """Ask for the form of every package that has been sent to this level."""
    found = see_all(session, actor, Action.FILING_SEE, Filing, filing_ids)
    given = {"paper": "filing", "filings": [str(one.id) for one in found], "address": wish.address}
    return ask_for_job(session, actor, Errand(KIND, f"打印 {len(found)} 份备案材料", given, len(found)), wish.now)


def print_some(session: Session, actor: Actor, job: Job, now: datetime) -> Progress:
    """Print the next volume of a batch and keep it for whoever asked; that they looked is written down."""
    asked: Mapping[str, Any] = job.arguments
    wish = Wish(asked["address"], now)
    if asked["paper"] == "filing":
        wanted = [UUID(one) for one in asked["filings"]]
        papers = [filing(session, actor, one, wish) for one in wanted[job.done : job.done + VOLUME]]
        total = len(wanted)
    else:
        papers, total = _volume(session, actor, job, wish)
    volume = job.done // VOLUME + 1
    named = f"{job.title.removeprefix('打印 ')}" + (f" 第{volume}册" if total > VOLUME else "")
    if papers:
        keep_file(session, job, f"{named}.pdf", "application/pdf", pdf_of(papers, named))
    done = job.done + len(papers)
    return Progress(done, done if not papers else total, f"已排好 {done} 份，共 {total} 份。")


def _volume(session: Session, actor: Actor, job: Job, wish: Wish) -> tuple[list[Paper], int]:
    round_, year = of_round(session, actor, UUID(job.arguments["round"]))
    people = in_the_year(year)
    part = people[job.done : job.done + VOLUME]
    made = _each(session, actor, job.arguments["paper"], round_, year, wish)
    looked = select(Member).where(Member.county_id == actor.county_id, Member.id.in_([one.id for one in part]))
    for member in session.scalars(looked):
        if member.id != actor.member_id:
            remark(session, actor, member, LOOK, wish.now)
    return [made(one) for one in part], len(people)
