"""Re-encoding in a process of its own: what a hostile file does to its reader, it does there, and not for long."""

import resource
import subprocess
import sys
from pathlib import Path
from threading import BoundedSemaphore

from shared.domain.errors import Invalid
from shared.domain.evidence import MediaType
from shared.stores.images import redrawn
from shared.stores.pdfs import copied

HERE = Path(__file__).resolve().parents[2]
# 40 million pixels with transparency are 160 MB, and turning them upright takes them twice more.
MEMORY_BYTES = 1024 * 1024 * 1024
CPU_S = 20
WAITS_S = 40
REFUSED = 3
UNREADABLE = "打不开或太复杂：请重新拍照，或重新导出后再传"

_turns = BoundedSemaphore(2)


def reencoded(name: str, content: bytes, media_type: MediaType) -> bytes:
    """Return the file written anew, without anything but what is seen; raises Invalid with the sentence for it.

    Two at once in a process; a third waits for its turn.
    """
    command = [sys.executable, "-m", "shared.stores.reencoding", media_type]
    with _turns:
        try:
            # Our own program, from a list; what is foreign comes on its standard input.
            done = subprocess.run(  # noqa: S603
                command, input=content, capture_output=True, timeout=WAITS_S, cwd=HERE, env={}, check=False
            )
        except subprocess.TimeoutExpired as fault:
            raise Invalid(f"“{name}”{UNREADABLE}。") from fault
    if done.returncode == REFUSED:
        raise Invalid(f"“{name}”：{done.stderr.decode()}。")
    if done.returncode != 0 or not done.stdout:
        raise Invalid(f"“{name}”{UNREADABLE}。")
    return done.stdout


def bound() -> None:
    """Take from this process whatever re-encoding does not need; for good."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    # No file can be written, and none opened beyond those that are open.
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def main() -> None:
    """Read a file from standard input and write it anew to standard output, or the reason why not to the other."""
    bound()
    media_type, content = MediaType(sys.argv[1]), sys.stdin.buffer.read()
    try:
        written = copied(content) if media_type is MediaType.PDF else redrawn(content, media_type)
    except Invalid as refusal:
        sys.stderr.buffer.write(str(refusal).encode())
        raise SystemExit(REFUSED) from None
    sys.stdout.buffer.write(written)


if __name__ == "__main__":
    main()
