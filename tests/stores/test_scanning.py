"""The virus scanner: shown every file first, by clamd's own protocol; what it has not seen is not taken."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import pytest

from shared.config import read_settings
from shared.domain.errors import Invalid, NotNow, Refusal
from shared.stores.evidence import Store, store_of
from shared.stores.scanning import Scanner
from shared.stores.shelves import Folder
from tests.files import photograph

# The harmless file that every scanner knows.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def pieces(heard: BinaryIO) -> Iterator[bytes]:
    """The pieces of a stream, each with its length before it, up to one of none."""
    while size := struct.unpack("!L", heard.read(4))[0]:
        yield heard.read(size)


class Clamd:
    """What a clamd does with one stream: takes it in pieces, and says what it is."""

    def __init__(self, listening: socket.socket, says: bytes | None) -> None:
        self.listening, self.says = listening, says
        self.seen: list[bytes] = []

    def serve(self) -> None:
        while True:
            try:
                line, _ = self.listening.accept()
            except OSError:
                return
            with line, line.makefile("rb") as heard:
                assert heard.read(10) == b"zINSTREAM\0"
                content = b"".join(pieces(heard))
                self.seen.append(content)
                found = b"stream: Eicar-Test-Signature FOUND\0" if EICAR in content else b"stream: OK\0"
                line.sendall(found if self.says is None else self.says)


@contextmanager
def scanning(says: bytes | None = None, path: Path | None = None) -> Iterator[tuple[Clamd, Scanner]]:
    """A scanner on loopback, or at a socket of this machine, until the end of the block."""
    listening = socket.socket(socket.AF_UNIX if path else socket.AF_INET)
    listening.bind(str(path) if path else ("127.0.0.1", 0))
    listening.listen()
    clamd = Clamd(listening, says)
    serving = threading.Thread(target=clamd.serve)
    serving.start()
    try:
        yield clamd, Scanner(f"unix:{path}" if path else f"127.0.0.1:{listening.getsockname()[1]}")
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        serving.join()


def test_a_file_is_shown_whole_and_kept(tmp_path: Path) -> None:
    content = photograph() + b"\0" * 200_000
    with scanning() as (clamd, scanner):
        kept = Store(Folder(tmp_path), scanner).keep("清淤.jpg", content)

    assert clamd.seen == [content]
    assert kept.size > 0


def test_what_it_finds_is_refused_in_words_and_never_read(tmp_path: Path) -> None:
    with scanning() as (_, scanner), pytest.raises(Invalid, match=r"“清淤\.jpg”里查出了病毒.*重新拍照") as refusal:
        Store(Folder(tmp_path), scanner).keep("清淤.jpg", b"\xff\xd8\xff" + EICAR)

    assert "Eicar" not in str(refusal.value)
    assert list(tmp_path.rglob("*")) == []


@pytest.mark.parametrize("says", [b"INSTREAM size limit exceeded. ERROR\0", b"", b"OK\0", b"x" * 5000])
def test_what_it_has_not_looked_through_is_not_taken(says: bytes, tmp_path: Path) -> None:
    with scanning(says) as (_, scanner), pytest.raises(NotNow, match="没有收下：请过几分钟再传"):
        Store(Folder(tmp_path), scanner).keep("清淤.jpg", photograph())


def test_without_it_nothing_is_taken_where_one_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotNow, match="病毒检查暂时用不了"):
        Store(Folder(tmp_path), Scanner("127.0.0.1:1")).keep("清淤.jpg", photograph())


def test_it_may_be_at_a_socket_of_this_machine(tmp_path: Path) -> None:
    with scanning(path=tmp_path / "clamd.ctl") as (clamd, scanner):
        scanner.look_at("清淤.jpg", b"content")

    assert clamd.seen == [b"content"]


def test_the_settings_name_it_or_none(tmp_path: Path) -> None:
    given = replace(read_settings({}), evidence=str(tmp_path))

    assert store_of(given).scanner is None
    assert store_of(replace(given, clamd="clamav:3310")).scanner == Scanner("clamav:3310")
    for wrong in ("clamav:port", ":3310", "clamav:99999"):
        with pytest.raises(Refusal, match="JIFEN_CLAMD"):
            store_of(replace(given, clamd=wrong))
