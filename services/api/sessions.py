"""Sessions: how a handler asks for the database, which the application puts in."""

from typing import Annotated

from litestar.params import Dependency
from sqlalchemy.orm import Session, sessionmaker

Db = Annotated[sessionmaker[Session], Dependency(skip_validation=True)]
