"""Settings, read once from the environment; what each means stands in .env.example."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from shared.domain.errors import Refusal

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Settings:
    """What an operator may set. A URL that is None means: start the embedded service."""

    data: Path
    evidence: str | None
    s3_endpoint: str | None
    s3_region: str
    s3_key: str | None
    s3_secret: str | None
    database_url: str | None
    worker_database_url: str | None
    redis_url: str | None
    broker_url: str | None
    host: str
    port: int
    admin_port: int
    workers: int


def with_driver(url: str | None) -> str | None:
    """A PostgreSQL URL as people write it, with our driver's name, so that SQLAlchemy takes psycopg 3."""
    if url is None:
        return None
    scheme, separator, rest = url.partition("://")
    return f"postgresql+psycopg://{rest}" if separator and scheme in {"postgres", "postgresql"} else url


def number(given: Mapping[str, str], name: str, default: int) -> int:
    """A whole number from 1 up; raises Refusal with the variable's name where it is none."""
    said = given.get(name, str(default))
    if not (said.isascii() and said.isdigit() and int(said)):
        raise Refusal(f"{name} 应是 1 以上的整数，现在是“{said}”。")
    return int(said)


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Settings from `environ`; an empty variable counts as one that is not set."""
    given = {name: value.strip() for name, value in environ.items() if value.strip()}
    database_url = with_driver(given.get("DATABASE_URL"))
    redis_url = given.get("REDIS_URL")
    return Settings(
        data=Path(given.get("JIFEN_DATA", ROOT / "data")).expanduser().resolve(),
        evidence=given.get("JIFEN_EVIDENCE"),
        s3_endpoint=given.get("JIFEN_S3_ENDPOINT"),
        s3_region=given.get("JIFEN_S3_REGION", "us-east-1"),
        s3_key=given.get("JIFEN_S3_KEY"),
        s3_secret=given.get("JIFEN_S3_SECRET"),
        database_url=database_url,
        worker_database_url=with_driver(given.get("WORKER_DATABASE_URL")) or database_url,
        redis_url=redis_url,
        broker_url=given.get("BROKER_URL", redis_url),
        host=given.get("JIFEN_HOST", "127.0.0.1"),
        port=number(given, "JIFEN_PORT", 8000),
        admin_port=number(given, "JIFEN_ADMIN_PORT", 8001),
        workers=number(given, "JIFEN_WORKERS", 2),
    )


@cache
def settings() -> Settings:
    """The settings of this process, read at the first call."""
    return read_settings(os.environ)
