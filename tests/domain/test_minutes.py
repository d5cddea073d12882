"""Minutes are taken apart by the heads of their form, and no word of them is lost."""

from hypothesis import given
from hypothesis import strategies as st

from shared.domain.minutes import Held, composed, read

SAID = st.text("会议开得好，：:、 \n", max_size=60)
NAMES = st.lists(st.sampled_from(["张立新", "李桂兰（远程）", "王海"]), max_size=3)
HELD = st.builds(
    Held,
    unit=st.just("松岗村党支部"),
    kind=st.just("党员大会"),
    subject=st.sampled_from(["积分评定", "积分：评定"]),
    number=st.just("大会〔2026〕3号"),
    day=st.just("2026年4月8日9时"),
    place=st.sampled_from(["", "村部　　二楼"]),
    chair=st.just("张立新"),
    writer=st.sampled_from(["", "李桂兰"]),
    roll=st.just("应到会有表决权的党员 3 人，实到 2 人"),
    present=NAMES,
    away=NAMES,
    guests=NAMES,
    opinions=st.lists(st.tuples(st.just("王海"), SAID), max_size=2),
    said=SAID,
    counted=st.sampled_from(["", "驻村干部 王乙（2027年1月5日）"]),
    results=st.lists(st.just("积分：赞成 3 票，反对 0 票，弃权 0 票，通过。"), max_size=2),
    ending=st.sampled_from(["", "会议有效，到此结束。"]),
)


@given(HELD)
def test_what_is_printed_is_what_was_fixed(held: Held) -> None:
    text = composed(held)

    found = read(text)

    parts = [found.title, *(f"{head}{said}" for head, said in (*found.facts, *found.fields)), found.ending]
    assert _letters("".join(parts)) == _letters(text)
    assert dict(found.facts)["地点"] == held.place
    assert dict(found.facts)["记录人"] == held.writer
    assert [head for head, _ in found.fields][:5] == ["议题", "到会情况", "到会", "缺席、请假", "列席"]


def _letters(text: str) -> str:
    """Without the colons behind heads, the space between two heads, and the breaks of lines."""
    return "".join(text.replace("：", "").split())
