"""The refusals: what a person may meet, each with the sentence that they read."""


class Refusal(Exception):
    """Something that was asked for cannot be done; the message is a Chinese sentence for the person."""


class NotFound(Refusal):
    """There is no such thing, or none that this person may know of."""


class Forbidden(Refusal):
    """The person knows the thing, but this step is not theirs; `step` names it where the gate has refused it."""

    def __init__(self, sentence: str, step: str = "") -> None:
        super().__init__(sentence)
        self.step = step


class NotNow(Refusal):
    """The thing is not in a state in which this step can be taken."""


class Invalid(Refusal):
    """What was handed in has faults; all of them are named at once in `faults`."""

    def __init__(self, *faults: str) -> None:
        super().__init__("；".join(faults))
        self.faults = faults
