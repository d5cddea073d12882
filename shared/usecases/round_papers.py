"""A round's and a year's papers, for the officers who keep the branch's record."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import see
from shared.db.attestations import attested
from shared.db.filings import Filing
from shared.db.notices import Notice, Seal
from shared.db.rounds import Round
from shared.db.units import Unit
from shared.domain.attestations import in_words
from shared.domain.notices import NoticeKind
from shared.domain.windows import local_day
from shared.papers.layouts import Paper
from shared.usecases.books import book_of
from shared.usecases.branch_papers import (
    flow_of,
    ledger_of,
    overview_of,
    reading_of,
    register_of,
    totals_of,
)
from shared.usecases.dossier_papers import entries_of
from shared.usecases.wishes import Wish
from shared.usecases.yearbooks import Yearbook, read_year


def of_round(session: Session, actor: Actor, round_id: UUID) -> tuple[Round, Yearbook]:
    """Return a round and its branch's year, for the officers who keep the record."""
    round_ = see(session, actor, Action.RECORD_SEE, Round, round_id)
    return round_, read_year(session, round_.county_id, round_.unit_id, round_.first_day.year)


def ledger(session: Session, actor: Actor, round_id: UUID, wish: Wish) -> Paper:
    """积分台账."""
    round_, year = of_round(session, actor, round_id)
    _, entries = entries_of(session, round_.county_id, round_.unit_id, round_.period)
    seals = select(Seal.head).filter_by(county_id=round_.county_id, unit_id=round_.unit_id)
    head = session.scalar(seals.order_by(Seal.seq.desc()).limit(1)) or "尚无公示"
    return ledger_of(year, round_.period, entries, head, local_day(wish.now))


def overview(session: Session, actor: Actor, round_id: UUID, wish: Wish) -> Paper:
    """积分情况一览表."""
    round_, year = of_round(session, actor, round_id)
    if len(round_.period) == 4:
        return register_of(year, local_day(wish.now), _witnesses(session, round_))
    return overview_of(year, round_.period, local_day(wish.now))


def reading(session: Session, actor: Actor, round_id: UUID, wish: Wish) -> Paper:  # noqa: ARG001 - as every paper
    """积分宣读稿."""
    round_, year = of_round(session, actor, round_id)
    return reading_of(year, round_.period)


def register(session: Session, actor: Actor, round_id: UUID, wish: Wish) -> Paper:
    """年度积分登记表."""
    round_, year = of_round(session, actor, round_id)
    return register_of(year, local_day(wish.now), _witnesses(session, round_))


def _witnesses(session: Session, round_: Round) -> str:
    """Return who took part in counting the year, as they stand under its notice."""
    posted = select(Notice.id).filter_by(county_id=round_.county_id, unit_id=round_.unit_id, kind=NoticeKind.YEAR)
    notice_id = session.scalar(posted.where(Notice.period == round_.period).limit(1))
    return in_words(attested(session, round_.county_id, notice_id)) if notice_id else ""


def totals(session: Session, actor: Actor, round_id: UUID, wish: Wish) -> Paper:
    """年度汇总表."""
    round_, year = of_round(session, actor, round_id)
    return totals_of(year, local_day(wish.now), _witnesses(session, round_), _remarks(session, round_))


def _remarks(session: Session, round_: Round) -> Mapping[str, str]:
    """Return what was written beside names in the year's newest package, by member number."""
    own = select(Filing.package).filter_by(
        county_id=round_.county_id, unit_id=round_.unit_id, period=round_.period
    )
    package = session.scalar(own.order_by(Filing.number.desc()).limit(1))
    return package.get("remarks", {}) if package else {}


def flow(session: Session, actor: Actor, round_id: UUID, wish: Wish) -> Paper:  # noqa: ARG001 - as every paper
    """流程图 of the book under which a round runs."""
    round_ = see(session, actor, Action.ROUND_SEE, Round, round_id)
    unit = session.get_one(Unit, (actor.county_id, round_.unit_id))
    book = book_of(session, actor.county_id, round_.book_id)
    return flow_of(unit.name, unit.telephone or "", book)
