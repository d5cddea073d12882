"""Good examples: what may hang, and in which order they are proposed, agreed to and taken back."""

import pytest

from shared.domain.errors import NotNow
from shared.domain.examples import EXAMPLE, LONGEST, ExampleCommand, ExampleState, words_faults


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ("冒雨帮三户搬到安全的地方。", ""),
        (" ", "请写明"),
        ("好" * (LONGEST + 1), "最多 200 字"),
        ("有事打 13800000000", "电话号码"),
    ],
)
def test_what_hangs_is_short_and_names_no_number(said: str, fault: str) -> None:
    found = "".join(words_faults(said))

    assert fault in found
    assert bool(found) is bool(fault)


def test_nothing_is_shown_without_consent_and_no_consent_comes_back_by_itself() -> None:
    shown = [start for (start, _), end in EXAMPLE.edges.items() if end is ExampleState.SHOWN]

    assert shown == [ExampleState.PROPOSED]
    assert EXAMPLE.after(ExampleState.SHOWN, ExampleCommand.REVOKE) is ExampleState.REVOKED
    with pytest.raises(NotNow):
        EXAMPLE.after(ExampleState.REVOKED, ExampleCommand.CONSENT)
