"""Webhooks: what is due is told to a county's programs, signed, at addresses that lead nowhere inside."""

import json
import logging
import socket
import ssl
import time
from collections.abc import Iterable
from functools import cache
from typing import Any

import httpcore

from services.worker.app import app, database
from shared.config import settings
from shared.db.session import Db, acting
from shared.domain.webhooks import address_faults, is_inside, signature
from shared.usecases.tellings import Parcel, Untold, hold_next, note_heard, note_unheard, untold

MOST = 100
# Well under the task's limit; whatever is left waits for the next knock.
SPENDS_S = 20.0
WAITS_S = 5.0
HEARD = range(200, 300)
CANNOT_SIGN = "签名的密钥打不开：本系统的 JIFEN_WEBHOOKS_SECRET 换过，或者后台没有设，请换一个新密钥"

log = logging.getLogger(__name__)


class Unheard(Exception):
    """The address did not take it; the sentence stands with the telling."""


class Guarded(httpcore.NetworkBackend):
    """Connects to public addresses alone: asked of the very address that is connected to, not of a name before."""

    def __init__(self, private: bool) -> None:
        self._private, self._plain = private, httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Look the name up once and connect to what was found, if it may be."""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as fault:
            raise httpcore.ConnectError(str(fault)) from fault
        numbers = list(dict.fromkeys(str(one[4][0]) for one in found))
        if not self._private and any(is_inside(number) for number in numbers):
            raise Unheard("网址指向内部网络，不发送")
        return self._plain.connect_tcp(numbers[0], port, timeout, local_address, socket_options)


def tell_all(db: Db, sealing: bytes, private: bool = False) -> int:
    """Tell whatever is due now; return how many were heard. `sealing` opens the secrets that sign."""
    ends = time.monotonic() + SPENDS_S
    with db.begin() as session:
        waiting = untold(session, MOST)
    heard = 0
    for one in waiting:
        while time.monotonic() < ends and (told := _tell_next(db, one, sealing, private)) is not None:
            heard += told
    return heard


def _tell_next(db: Db, place: Untold, sealing: bytes, private: bool) -> bool | None:
    """Tell one while its row is locked, and note it in the same transaction; None where nothing more is due."""
    with acting(db, place.county_id, place.unit_id) as session:
        parcel = hold_next(session, place.county_id, sealing)
        if parcel is None:
            return None
        try:
            send(parcel, private)
        except Unheard as fault:
            log.warning("event %s has not been heard: %s", parcel.id, fault)
            note_unheard(session, place.county_id, parcel.id, str(fault))
            return False
        note_heard(session, place.county_id, parcel.id)
        return True


def send(parcel: Parcel, private: bool) -> None:
    """Post one event, signed; Unheard where it was not taken. No redirection is followed."""
    if faults := address_faults(parcel.address, private):
        raise Unheard(faults[0])
    if parcel.secret is None:
        raise Unheard(CANNOT_SIGN)
    body, at = json.dumps(parcel.body, ensure_ascii=False).encode(), int(time.time())
    headers: dict[bytes | str, bytes | str] = {
        "Content-Type": "application/json",
        "User-Agent": "jifen",
        "X-Jifen-Event": str(parcel.body["event"]),
        "X-Jifen-Id": str(parcel.id),
        "X-Jifen-Signature": f"t={at},v1={signature(parcel.secret, at, body)}",
    }
    waits = dict.fromkeys(("connect", "read", "write", "pool"), WAITS_S)
    try:
        with (
            httpcore.ConnectionPool(ssl_context=tls(), network_backend=Guarded(private)) as pool,
            pool.stream(
                "POST", parcel.address, headers=headers, content=body, extensions={"timeout": waits}
            ) as said,
        ):
            status = said.status
    except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, ssl.SSLError) as fault:
        raise Unheard(f"连不上或没有回答（{type(fault).__name__}）") from fault
    if status not in HEARD:
        raise Unheard(f"对方回答 {status}")


@cache
def tls() -> ssl.SSLContext:
    """Return how certificates are checked: by the system's own authorities."""
    return ssl.create_default_context()


@app.task(name="webhooks.tell")
def tell() -> None:
    """Tell what is due."""
    given = settings()
    tell_all(database(), (given.webhooks_secret or "").encode(), given.webhooks_private)
