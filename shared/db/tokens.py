"""Tokens with which programs come, kept as digests; and what each of their calls was answered, to say it again."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped

from shared.db.base import Owned, one_of, to
from shared.db.sign_ins import LEVELS


class Token(Owned):
    """A program's token, by the world's clock: a person's own, or a service's, which is nobody's.

    It acts in `acts_in_id`, by `scopes`, a list with commas. `level` is how its maker had signed in: what was made
    with a password alone opens no office.
    """

    __tablename__ = "token"
    __table_args__ = (
        to("unit", "unit_id"),
        to("unit", "acts_in_id"),
        to("person", "person_id"),
        to("person", "made_by"),
        one_of("level", LEVELS),
        CheckConstraint("ends_at <= made_at + interval '365 days'", name="at_most_a_year"),
        CheckConstraint("scopes <> ''", name="may_something"),
        UniqueConstraint("county_id", "digest"),
        Index("ix_token_person", "county_id", "person_id"),
    )

    acts_in_id: Mapped[UUID]
    person_id: Mapped[UUID | None]
    name: Mapped[str]
    digest: Mapped[str]
    level: Mapped[str]
    scopes: Mapped[str]
    made_by: Mapped[UUID]
    made_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    last_used_on: Mapped[date | None]
    revoked_at: Mapped[datetime | None]


class KeptAnswer(Owned):
    """What a call was answered, under the key that its program gave it; the same call again is told the same.

    `digest` is of what was sent: the same key with anything else is a mistake of the program.
    """

    __tablename__ = "kept_answer"
    __table_args__ = (
        to("unit", "unit_id"),
        to("token", "token_id"),
        UniqueConstraint("county_id", "token_id", "key"),
    )

    token_id: Mapped[UUID]
    key: Mapped[str]
    digest: Mapped[str]
    status: Mapped[int]
    body: Mapped[str]
    made_at: Mapped[datetime]
