"""Tallies: what this process has counted since it started, by words of ours alone, never by whose it was."""

from collections import Counter
from threading import Lock

# Each tally with all that it may count: whatever else is handed in counts as nothing that was foreseen.
TALLIES: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "decisions": ("Answers of the gate to who may do what.", "answer", ("allowed", "forbidden", "hidden")),
    "sign_ins": ("Attempts to sign in, at any door.", "result", ("let_in", "wrong", "throttled")),
    "refused_requests": (
        "Requests that were turned away before anything was read.",
        "reason",
        ("other_site", "not_signed_in"),
    ),
}
_counts: Counter[tuple[str, str]] = Counter()
_lock = Lock()


def count(tally: str, what: str) -> None:
    """Count one; KeyError for a tally that nobody has foreseen."""
    known = what if what in TALLIES[tally][2] else "other"
    with _lock:
        _counts[tally, known] += 1


def counted() -> dict[tuple[str, str], int]:
    """Return every count, those at nought as well."""
    with _lock:
        now = dict(_counts)
    noughts = {(tally, what): 0 for tally, (_, _, values) in TALLIES.items() for what in values}
    return {**noughts, **now}
