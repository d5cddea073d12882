"""Who took part in counting a total: whom the book wants, who was there, and what is refused."""

from datetime import date

import pytest

from shared.domain.attestations import Attested, faults_of, in_words, missing

TODAY = date(2026, 1, 6)
WANTED = ("积分领导小组成员", "驻村干部")


@pytest.mark.parametrize(
    ("role", "name", "day", "fault"),
    [
        ("驻村干部", "周甲", TODAY, ""),
        ("群众代表", "周甲", TODAY, "没有“群众代表”"),
        ("驻村干部", " ", TODAY, "姓名"),
        ("驻村干部", "记录员", TODAY, "不能给自己作见证"),
        ("驻村干部", "周甲", date(2026, 1, 7), "还没有到"),
    ],
)
def test_a_witness_is_one_whom_the_book_wants_and_not_who_counts(
    role: str, name: str, day: date, fault: str
) -> None:
    said = "；".join(faults_of(Attested(role, name, day), WANTED, "记录员", TODAY))

    assert fault in said
    assert bool(said) is bool(fault)


def test_one_of_each_is_waited_for() -> None:
    there = [Attested("驻村干部", "周甲", TODAY), Attested("驻村干部", "周乙", TODAY)]

    assert missing(WANTED, there) == ["积分领导小组成员"]
    assert missing((), there) == []
    assert in_words(there[:1]) == "驻村干部 周甲（2026年1月6日）"
