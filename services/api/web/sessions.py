"""Sessions: how a handler asks for the database, which the application puts in."""

from litestar.di import NamedDependency
from litestar.params import SkipValidation
from sqlalchemy.orm import Session, sessionmaker

Db = NamedDependency[SkipValidation[sessionmaker[Session]]]
