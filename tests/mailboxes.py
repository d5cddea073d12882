"""A mail server on loopback, so much of SMTP as it takes to be handed a message."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from typing import NamedTuple


class Letter(NamedTuple):
    """To whom a message was handed over, and what it says."""

    to: list[str]
    message: EmailMessage

    @property
    def words(self) -> str:
        """What stands in it as plain text."""
        part = self.message.get_body(("plain",))
        return part.get_content() if part else ""


@dataclass
class MailServer:
    """Where it listens, what has arrived, and whether it refuses everybody."""

    port: int = 0
    letters: list[Letter] = field(default_factory=list)
    refuses: bool = False


class Postbox(socketserver.ThreadingTCPServer):
    """The server's socket, with what it has been handed."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Visit)
        self.mail = MailServer(self.server_address[1])


class Visit(socketserver.StreamRequestHandler):
    """One client's visit, command by command."""

    server: Postbox

    def handle(self) -> None:
        """Answer until the client leaves."""
        to: list[str] = []
        self._say(220, "here")
        while line := self.rfile.readline().decode().strip():
            verb = line.upper()
            if verb.startswith("RCPT TO"):
                to.append(line.partition("<")[2].rstrip("> "))
            if verb == "DATA":
                self._say(354, "go on")
                self.server.mail.letters.append(Letter(to, self._letter()))
            if verb.startswith("RCPT TO") and self.server.mail.refuses:
                self._say(550, "no such mailbox")
            else:
                self._say(250, "well")

    def _letter(self) -> EmailMessage:
        lines = iter(self.rfile.readline, b".\r\n")
        parsed = BytesParser(EmailMessage, policy=default).parsebytes(b"".join(lines))
        assert isinstance(parsed, EmailMessage)
        return parsed

    def _say(self, code: int, words: str) -> None:
        self.wfile.write(f"{code} {words}\r\n".encode())


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """A mail server of our own until the end of the block."""
    with Postbox() as server:
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        serving.start()
        try:
            yield server.mail
        finally:
            server.shutdown()
            serving.join()
