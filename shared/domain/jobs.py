"""Jobs: long work that goes on after its page is closed, step by step, until it is done or has failed."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from shared.domain.machine import Machine

# After so many tries of one step it is no accident any more.
MOST_ATTEMPTS = 3


class JobState(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class JobCommand(StrEnum):
    """The steps of a job; the clock takes them all."""

    START = "start"
    FINISH = "finish"
    FAIL = "fail"


S, C = JobState, JobCommand

JOB: Machine[JobState, JobCommand] = Machine(
    noun="这件后台工作",
    initial=S.WAITING,
    edges={
        (S.WAITING, C.START): S.RUNNING,
        (S.RUNNING, C.FINISH): S.DONE,
        (S.RUNNING, C.FAIL): S.FAILED,
    },
    words={
        S.WAITING: "排队中",
        S.RUNNING: "正在办",
        S.DONE: "已办好",
        S.FAILED: "没有办成",
        C.START: "开始办",
        C.FINISH: "办好",
        C.FAIL: "办不成",
    },
)
OPEN = frozenset({S.WAITING, S.RUNNING})


@dataclass(frozen=True, slots=True)
class Errand:
    """What is to be done: the kind that the worker knows, its name for people, and what it is done with.

    `arguments` are JSON. `total` is how many pieces there are; the steps may correct it.
    """

    kind: str
    title: str
    arguments: Mapping[str, Any]
    total: int = 1


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a step has come: `done` of `total` pieces, and a sentence; finished once all are done.

    `address` is the page to go on with, empty where there are only files to fetch.
    """

    done: int
    total: int
    said: str = ""
    address: str = ""

    @property
    def finished(self) -> bool:
        """Whether nothing is left to do."""
        return self.done >= self.total
