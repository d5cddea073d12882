"""Good examples (先锋亮绩): proposed by an officer, shown only with the member's consent, gone with its end."""

from enum import StrEnum

from shared.domain.disclosures import NEVER, REMEDIES, WORDS, private_in
from shared.domain.machine import Machine

LONGEST = 200


class ExampleState(StrEnum):
    """Where an example stands."""

    PROPOSED = "proposed"
    SHOWN = "shown"
    DECLINED = "declined"
    REVOKED = "revoked"
    TAKEN_DOWN = "taken_down"


class ExampleCommand(StrEnum):
    """The steps of an example."""

    CONSENT = "consent"
    DECLINE = "decline"
    REVOKE = "revoke"
    TAKE_DOWN = "take_down"


S, C = ExampleState, ExampleCommand

EXAMPLE: Machine[ExampleState, ExampleCommand] = Machine(
    noun="这件亮绩",
    initial=S.PROPOSED,
    edges={
        (S.PROPOSED, C.CONSENT): S.SHOWN,
        (S.PROPOSED, C.DECLINE): S.DECLINED,
        (S.SHOWN, C.REVOKE): S.REVOKED,
        (S.PROPOSED, C.TAKE_DOWN): S.TAKEN_DOWN,
        (S.SHOWN, C.TAKE_DOWN): S.TAKEN_DOWN,
    },
    words={
        S.PROPOSED: "等本人同意",
        S.SHOWN: "已展示",
        S.DECLINED: "本人不同意展示",
        S.REVOKED: "本人撤回同意",
        S.TAKEN_DOWN: "支部撤下",
        C.CONSENT: "同意展示",
        C.DECLINE: "不同意展示",
        C.REVOKE: "撤回同意",
        C.TAKE_DOWN: "撤下",
    },
)


def words_faults(said: str) -> list[str]:
    """Return what is wrong with the words that are to hang for everybody to read."""
    if not said.strip():
        return ["请写明做了什么，用一两句话。"]
    faults = [f"最多 {LONGEST} 字，现在有 {len(said)} 字。"] if len(said) > LONGEST else []
    for found in private_in(said):
        if found.kind in NEVER:
            faults.append(f"里面有{WORDS[found.kind]}（{found.shown}）。{REMEDIES[found.kind]}")
    return faults
