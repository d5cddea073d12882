"""An hour under load, by hand: `python -m benchmarks.soak MINUTES`; claims and pages by HTTP, memory beside them.

It prints a line a minute: how many were answered, within what time, and the megabytes of the server's processes.
It ends with an error where memory still grows in the second half by more than a twentieth.
"""

import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from secrets import token_hex

from benchmarks.bench import ground
from benchmarks.claimants import Claimant, a_claiming_county, claims, pages
from benchmarks.clients import Answers, ask, first_answers
from benchmarks.counties import Size
from benchmarks.serving import by_uvicorn, serving
from services.cli.engines.start import start_engines

# Calls of one program are limited to so many a minute: enough members ask in turn.
SIZE = Size(4, 200, 8_000, 0)
CLIENTS = 8
MOST_GROWTH = 1.05


def main() -> None:
    """Start everything, ask for as many minutes as were named, and judge what memory did."""
    minutes = int(sys.argv[1])
    with tempfile.TemporaryDirectory(prefix="jifen-soak-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)
        engines = start_engines(Path(folder) / "data")
        try:
            held = soak(engines.database_admin_url, engines.redis_url, Path(folder), minutes)
        finally:
            engines.stop()
    later = held[len(held) // 2 :]
    growth = later[-1] / later[0]
    print(json.dumps({"minutes": minutes, "api_mb": held, "growth_in_second_half": round(growth, 3)}))
    if growth > MOST_GROWTH:
        raise SystemExit("memory still grows")


def soak(admin_url: str, redis_url: str, folder: Path, minutes: int) -> list[float]:
    """Return the megabytes of the application's processes at the end of each minute."""
    with ground(admin_url) as at:
        _, claimants = a_claiming_county(at.engine, SIZE)
        served = {"DATABASE_URL": at.app_url, "REDIS_URL": redis_url, "JIFEN_SECRET": token_hex(32)}
        with serving(by_uvicorn("services.api.app:app"), served, folder / "api.log") as port:
            asked = alternately(claimants)
            first_answers(port, asked, 200)
            return [_minute(port, asked, number) for number in range(1, minutes + 1)]


def alternately(claimants: Sequence[Claimant]) -> Iterator[bytes]:
    """A claim, then a page, of one member after the other."""
    return chain.from_iterable(zip(claims(claimants), pages(claimants), strict=False))


def _minute(port: int, asked: Iterator[bytes], number: int) -> float:
    answers = ask(port, asked, 60, CLIENTS)
    held = resident_mb("services.api.app:app", port)
    print(_line(number, answers, held), flush=True)
    return held


def _line(number: int, answers: Answers, held: float) -> str:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    within = " ".join(f"p{share} {answers.within(share / 100):.0f} ms" for share in (50, 95, 99))
    return (
        f"{now} minute {number}: {len(answers.taken)} answers, {answers.rate:.1f}/s, {within}, api {held:.1f} MB"
    )


def resident_mb(app: str, port: int) -> float:
    """Return the memory that the server on this port and its processes hold, each page of theirs counted once."""
    heads = [one for one in _processes() if _said(one) and app in _said(one) and f"--port\0{port}" in _said(one)]
    family = set(heads)
    while more := {one for one in _processes() if _parent(one) in family} - family:
        family |= more
    return round(sum(_proportional_kb(one) for one in family) / 1024, 1)


def _processes() -> list[int]:
    return [int(one.name) for one in Path("/proc").iterdir() if one.name.isdigit()]


def _said(process: int) -> str:
    try:
        return Path(f"/proc/{process}/cmdline").read_text("utf-8", "replace")
    except OSError:
        return ""


def _parent(process: int) -> int:
    try:
        return int(Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[1])
    except OSError:
        return 0


def _proportional_kb(process: int) -> int:
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


if __name__ == "__main__":
    begun = time.monotonic()
    main()
    print(f"{time.monotonic() - begun:.0f} s")
