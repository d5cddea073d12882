"""The same job on FastAPI with SQLAlchemy's ORM, as its tutorials write it."""

import os
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Annotated

from fastapi import Depends, FastAPI, Header, HTTPException
from pydantic import BaseModel, Field
from sqlalchemy import ForeignKey, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship, sessionmaker

engine = create_engine(os.environ["PEERS_URL"], pool_size=20)
Maker = sessionmaker(engine)
app = FastAPI()


class Base(DeclarativeBase):
    """The tables of schema.sql."""


class Member(Base):
    """Who claims."""

    __tablename__ = "peer_member"
    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int]
    name: Mapped[str]
    role: Mapped[str]
    token: Mapped[str]


class Round(Base):
    """What is claimed in."""

    __tablename__ = "peer_round"
    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int]
    state: Mapped[str]
    first_day: Mapped[date]
    last_day: Mapped[date]


class Item(Base):
    """What is claimed for."""

    __tablename__ = "peer_item"
    id: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]


class Claim(Base):
    """What is claimed."""

    __tablename__ = "peer_claim"
    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int]
    member_id: Mapped[int] = mapped_column(ForeignKey("peer_member.id"))
    round_id: Mapped[int] = mapped_column(ForeignKey("peer_round.id"))
    item_id: Mapped[str] = mapped_column(ForeignKey("peer_item.id"))
    happened_on: Mapped[date]
    text: Mapped[str]
    state: Mapped[str]
    filed_at: Mapped[datetime]
    events: Mapped[list["Event"]] = relationship()


class Event(Base):
    """What was done with it."""

    __tablename__ = "peer_event"
    id: Mapped[int] = mapped_column(primary_key=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey("peer_claim.id"))
    member_id: Mapped[int]
    command: Mapped[str]
    before: Mapped[str | None]
    after: Mapped[str]
    at: Mapped[datetime]


class Asked(BaseModel):
    """A claim as it is sent."""

    item: str = Field(max_length=60)
    happened_on: date
    text: str = Field(min_length=1, max_length=500)


class Shown(BaseModel):
    """A claim as it is answered."""

    id: int
    item_id: str
    state: str
    filed_at: datetime


def session() -> Iterator[Session]:
    """Open a session for one request."""
    with Maker() as opened:
        yield opened


Db = Annotated[Session, Depends(session)]


def member(db: Db, authorization: Annotated[str, Header()]) -> Member:
    """Return whose token this is."""
    found = db.scalar(select(Member).where(Member.token == authorization.removeprefix("Bearer ")))
    if found is None:
        raise HTTPException(401)
    return found


@app.post("/claims", status_code=201, response_model=Shown)
def claim(asked: Asked, db: Db, by: Annotated[Member, Depends(member)]) -> Claim:
    """Hand a claim in."""
    open_one = select(Round).where(
        Round.unit_id == by.unit_id,
        Round.state == "collecting",
        Round.first_day <= asked.happened_on,
        Round.last_day >= asked.happened_on,
    )
    round_, item = db.scalar(open_one), db.get(Item, asked.item)
    if round_ is None or item is None:
        raise HTTPException(409)
    now = datetime.now(UTC)
    made = Claim(
        unit_id=by.unit_id,
        member_id=by.id,
        round_id=round_.id,
        item_id=item.id,
        happened_on=asked.happened_on,
        text=asked.text,
        state="submitted",
        filed_at=now,
    )
    made.events.append(Event(member_id=by.id, command="submit", before="draft", after="submitted", at=now))
    db.add(made)
    db.commit()
    db.refresh(made)
    return made
