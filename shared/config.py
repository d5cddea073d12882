"""Settings, read once from the environment; what each means stands in .env.example."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from shared.domain.errors import Refusal
from shared.domain.notifications import SMS, Hours

ROOT = Path(__file__).resolve().parents[1]
SMS_BODY = '{"telephone": "{telephone}", "text": "{text}", "key": "{key}"}'


@dataclass(frozen=True, slots=True)
class Settings:
    """What an operator may set. A URL that is None means: start the embedded service."""

    data: Path
    fonts: Path | None
    evidence: str | None
    s3_endpoint: str | None
    s3_region: str
    s3_key: str | None
    s3_secret: str | None
    clamd: str | None
    channels: str | None
    sms_url: str | None
    sms_body: str
    sms_token: str | None
    sms_accepted: str | None
    hours: Hours
    webhooks_private: bool
    webhooks_secret: str | None
    database_url: str | None
    replica_url: str | None
    worker_database_url: str | None
    admin_database_url: str | None
    redis_url: str | None
    broker_url: str | None
    secret: str | None
    national: bool
    oidc_issuer: str | None
    oidc_client_id: str
    oidc_client_secret: str
    oidc_claim: str
    oidc_second: frozenset[str]
    address: str | None
    admin_address: str | None
    host: str
    port: int
    admin_port: int
    workers: int
    logs: str
    otlp: str | None


def offered(given: Settings) -> frozenset[str]:
    """The names of the channels by which somebody may be told outside the product."""
    named = {one.partition("=")[0] for one in (given.channels or "").split()}
    return frozenset(named | ({SMS} if given.sms_url else set()))


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


def one_of(given: Mapping[str, str], name: str, words: Sequence[str]) -> str:
    """One of the words, the first where none is given; raises Refusal with the variable's name otherwise."""
    said = given.get(name, words[0])
    if said in words:
        return said
    raise Refusal(f"{name} 应是 {'、'.join(words)} 之一，现在是“{said}”。")


def web_address(given: Mapping[str, str], name: str) -> str | None:
    """An address by HTTP, None where none is given; raises Refusal with the variable's name for any other."""
    said = given.get(name)
    if said is None or said.startswith(("http://", "https://")):
        return said
    raise Refusal(f"{name} 应是 http:// 或 https:// 开头的网址，现在是“{said}”。")


def hours(said: str) -> Hours:
    """The hours of a day such as 8-20; raises Refusal where they are none."""
    first, _, last = said.partition("-")
    if first.isdecimal() and last.isdecimal() and 0 <= int(first) < int(last) <= 24:
        return Hours(int(first), int(last))
    raise Refusal(f"JIFEN_HOURS 应是起止的整点，如 8-20，现在是“{said}”。")


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Settings from `environ`; an empty variable counts as one that is not set."""
    given = {name: value.strip() for name, value in environ.items() if value.strip()}
    database_url = with_driver(given.get("DATABASE_URL"))
    redis_url = given.get("REDIS_URL")
    return Settings(
        data=Path(given.get("JIFEN_DATA", ROOT / "data")).expanduser().resolve(),
        fonts=Path(given["JIFEN_FONTS"]).expanduser() if "JIFEN_FONTS" in given else None,
        evidence=given.get("JIFEN_EVIDENCE"),
        s3_endpoint=given.get("JIFEN_S3_ENDPOINT"),
        s3_region=given.get("JIFEN_S3_REGION", "us-east-1"),
        s3_key=given.get("JIFEN_S3_KEY"),
        s3_secret=given.get("JIFEN_S3_SECRET"),
        clamd=given.get("JIFEN_CLAMD"),
        channels=given.get("JIFEN_CHANNELS"),
        sms_url=given.get("JIFEN_SMS_URL"),
        sms_body=given.get("JIFEN_SMS_BODY", SMS_BODY),
        sms_token=given.get("JIFEN_SMS_TOKEN"),
        sms_accepted=given.get("JIFEN_SMS_ACCEPTED"),
        hours=hours(given.get("JIFEN_HOURS", "8-20")),
        webhooks_private=given.get("JIFEN_WEBHOOKS_PRIVATE") == "yes",
        webhooks_secret=given.get("JIFEN_WEBHOOKS_SECRET"),
        database_url=database_url,
        replica_url=with_driver(given.get("DATABASE_REPLICA_URL")),
        worker_database_url=with_driver(given.get("WORKER_DATABASE_URL")) or database_url,
        admin_database_url=with_driver(given.get("ADMIN_DATABASE_URL")),
        redis_url=redis_url,
        broker_url=given.get("BROKER_URL", redis_url),
        secret=given.get("JIFEN_SECRET"),
        national=given.get("JIFEN_NATIONAL") == "yes",
        oidc_issuer=given.get("JIFEN_OIDC_ISSUER"),
        oidc_client_id=given.get("JIFEN_OIDC_CLIENT_ID", ""),
        oidc_client_secret=given.get("JIFEN_OIDC_CLIENT_SECRET", ""),
        oidc_claim=given.get("JIFEN_OIDC_CLAIM", "phone_number"),
        oidc_second=frozenset(given.get("JIFEN_OIDC_SECOND", "").replace(",", " ").split()),
        address=given.get("JIFEN_ADDRESS"),
        admin_address=given.get("JIFEN_ADMIN_ADDRESS"),
        host=given.get("JIFEN_HOST", "127.0.0.1"),
        port=number(given, "JIFEN_PORT", 8000),
        admin_port=number(given, "JIFEN_ADMIN_PORT", 8001),
        workers=number(given, "JIFEN_WORKERS", 2),
        logs=one_of(given, "JIFEN_LOGS", ("text", "json")),
        otlp=web_address(given, "JIFEN_OTLP"),
    )


@cache
def settings() -> Settings:
    """The settings of this process, read at the first call."""
    return read_settings(os.environ)
