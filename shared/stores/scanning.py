"""Scanning: what is handed in is shown first to a virus scanner, where there is one, by clamd's INSTREAM."""

import socket
import struct
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

from shared.domain.errors import Invalid, NotNow, Refusal

PORT = 3310
# ClamAV takes some 50 MB a second; a file of ours is 10 MB at most.
WAITS_S = 20.0
PIECE = 64 * 1024
MOST_SAID = 1000
UNIX = "unix:"
FOUND, WELL = " FOUND", "stream: OK"


@dataclass(frozen=True, slots=True)
class Scanner:
    """A clamd at a host and port, or at a socket of this machine (unix:/run/clamd.ctl)."""

    address: str

    def look_at(self, name: str, content: bytes) -> None:
        """Return where nothing is found; raises Invalid with what to do, NotNow where nobody can look.

        What could not be looked at is not taken: a scanner that is away must not be a way in.
        """
        try:
            said = self._asked(content)
        except OSError as fault:
            raise NotNow(f"病毒检查暂时用不了，“{name}”没有收下：请过几分钟再传，也可以先交纸质材料。") from fault
        if said.endswith(FOUND):
            raise Invalid(f"“{name}”里查出了病毒，没有收下：请用杀毒软件检查这台设备，再重新拍照或导出后上传。")
        if said != WELL:
            raise NotNow(f"病毒检查没有查完“{name}”，没有收下：请过几分钟再传，也可以先交纸质材料。")

    def _asked(self, content: bytes) -> str:
        with closing(self._connected()) as line:
            line.sendall(b"zINSTREAM\0")
            for start in range(0, len(content), PIECE):
                piece = content[start : start + PIECE]
                line.sendall(struct.pack("!L", len(piece)) + piece)
            line.sendall(struct.pack("!L", 0))
            said = b"".join(_answer(line))
        return said[:MOST_SAID].rstrip(b"\0\n").decode("utf-8", "replace")

    def _connected(self) -> socket.socket:
        if self.address.startswith(UNIX):
            line = socket.socket(socket.AF_UNIX)
            line.settimeout(WAITS_S)
            line.connect(self.address.removeprefix(UNIX))
            return line
        return socket.create_connection(_place(self.address), WAITS_S)


def scanner_at(address: str | None) -> Scanner | None:
    """Return the scanner that the settings name, None where they name none; Refusal for what is no address."""
    if address is None:
        return None
    if not address.startswith(UNIX):
        _place(address)
    return Scanner(address)


def _place(address: str) -> tuple[str, int]:
    host, _, port = address.rpartition(":") if ":" in address else (address, "", str(PORT))
    if not host or not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise Refusal(f"JIFEN_CLAMD 应是 主机:端口 或 unix:/套接字的路径，现在是“{address}”。")
    return host.strip("[]"), int(port)


def _answer(line: socket.socket) -> Iterator[bytes]:
    """It ends with a zero; a scanner that says more than a sentence is none."""
    heard = 0
    while heard <= MOST_SAID and (piece := line.recv(MOST_SAID)):
        yield piece
        heard += len(piece)
        if piece.endswith(b"\0"):
            return
