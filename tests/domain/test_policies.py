"""A unit's own policy: what its rules mean, and every fault of them at once, each naming its step."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as some

from shared.authz.actions import Action
from shared.authz.policy import table
from shared.domain.policies import TEMPLATE, Effect, Overlay, Rule, as_stored, overlay_of, parse, why_not
from shared.domain.policy_checks import APART, FOR_TWO, OFFICES, conflicts, faults_of, free_steps, refuse_together
from shared.domain.steps import STEPS

GIVE, FORBID, TWO = Effect
# Everybody holds everything: what is then at fault is at fault in the rules themselves.
ALL = {role: frozenset({UUID(int=n), UUID(int=100 + n)}) for n, role in enumerate(OFFICES)}
RULES = some.builds(
    Rule, some.sampled_from(list(Effect)), some.sampled_from(sorted(Action)), some.sampled_from(OFFICES)
)


def faults(*rules: Rule, holders: dict[str, frozenset[UUID]] | None = None) -> str:
    return "；".join(faults_of(Overlay.of(rules), table(), ALL if holders is None else holders))


@pytest.mark.parametrize(
    "rules",
    [
        # design: its secretary also records, its office keeps the daily record
        [Rule(GIVE, "record:enter", "secretary"), Rule(GIVE, "record:strike", "secretary")],
        [Rule(FORBID, "notice:publish", "recorder")],
        [Rule(GIVE, "notice:approve", "deputy"), Rule(TWO, "notice:approve")],
        [Rule(GIVE, "objection:answer", "recorder"), Rule(FORBID, "objection:answer", "office")],
        [],
    ],
)
def test_sound_rules_have_no_faults(rules: list[Rule]) -> None:
    assert faults(*rules) == ""


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        (
            [Rule(GIVE, "notice:approve", "recorder")],
            "记录员会既能“起草公示”又能“批准公示”：起草的人不能审核、批准",
        ),
        ([Rule(GIVE, "notice:draft", "secretary")], "支部书记会既能“起草公示”又能“批准公示”"),
        ([Rule(GIVE, "claim:decide", "recorder")], "替人申报的人不能议定"),
        (
            [Rule(GIVE, "record:enter", "discipline")],
            "纪检委员会既能“登记积分事项”又能“查看台账”：登记的人不能监督登记",
        ),
        ([Rule(GIVE, "line:confirm", "recorder")], "提出的人不能认定"),
        ([Rule(GIVE, "appeal:decide", "office")], "答复的人不能裁定"),
        ([Rule(GIVE, "role:grant", "secretary")], "“任免职务”由模板统一规定"),
        ([Rule(GIVE, "policy:grant", "secretary")], "“批准职责分工”由模板统一规定"),
        ([Rule(GIVE, "line:settle", "secretary")], "“积分入账”由模板统一规定"),
        ([Rule(FORBID, "statement:see", "discipline")], "“看积分明细”由模板统一规定"),
        ([Rule(FORBID, "objection:raise", "member")], "“提出异议”由模板统一规定"),
        ([Rule(GIVE, "record:enter", "observer")], "列席人员不是可以安排的职务"),
        ([Rule(GIVE, "record:enter", "")], "空白不是可以安排的职务"),
        ([Rule(GIVE, "record:enter", "recorder")], "本来就由记录员办理"),
        ([Rule(FORBID, "record:enter", "secretary")], "本来就不由支部书记办理"),
        ([Rule(TWO, "claim:decide")], "“议定申报”每次要写的内容不同"),
        ([Rule(FORBID, "meeting:hold", "secretary")], "“召集会议”没有任何职务可以办理"),
    ],
)
def test_a_fault_names_its_step(rules: list[Rule], said: str) -> None:
    assert said in faults(*rules)


def test_a_step_is_not_left_to_an_office_that_nobody_holds() -> None:
    only = {"recorder": frozenset({UUID(int=1)}), "secretary": frozenset({UUID(int=2)})}

    said = faults(Rule(FORBID, "notice:publish", "recorder"), Rule(TWO, "notice:approve"), holders=only)

    assert "“张贴公示”只剩综合部可以办理，而本单位现在没有人担任" in said
    assert "“批准公示”要两个人办理，而本单位能办的只有一个人" in said


def test_all_faults_are_said_at_once() -> None:
    said = faults_of(
        Overlay.of(
            [Rule(GIVE, "claim:decide", "recorder"), Rule(TWO, "appeal:decide"), Rule(GIVE, "x:y", "office")]
        ),
        table(),
        ALL,
    )

    assert len(said) >= 4


@given(some.lists(RULES, max_size=6))
def test_what_is_found_sound_puts_nothing_new_into_one_hand_and_leaves_nothing_to_nobody(
    rules: list[Rule],
) -> None:
    overlay = Overlay.of(rules)
    if faults_of(overlay, table(), ALL):
        return
    over = overlay.over(table())

    assert all(conflicts(over, [role]) <= conflicts(table(), [role]) for role in OFFICES)
    assert {step for _, step in over} == {step for _, step in table()}
    assert overlay.twice <= FOR_TWO


@given(some.lists(RULES, max_size=6))
def test_a_look_up_is_the_whole_table_s_answer(rules: list[Rule]) -> None:
    overlay = Overlay.of(rules)
    over = overlay.over(table())

    assert all(
        overlay.allows(table(), role, step) == ((role, step) in over)
        for role in OFFICES
        for step in sorted(Action)
    )


@given(some.lists(RULES, max_size=6))
def test_rules_are_read_as_they_were_stored(rules: list[Rule]) -> None:
    assert set(parse(as_stored(rules))) == set(rules)


def test_who_is_given_a_step_sees_what_it_is_about() -> None:
    overlay = Overlay.of([Rule(GIVE, "filing:submit", "organiser")])

    assert overlay.allows(table(), "organiser", "filing:see")
    assert not TEMPLATE.allows(table(), "organiser", "filing:see")


def test_no_rules_are_the_template() -> None:
    assert overlay_of(None) is TEMPLATE
    assert TEMPLATE.over(table()) == table()


def test_every_step_has_its_words_and_what_is_kept_apart_exists() -> None:
    assert set(STEPS) >= set(Action)
    assert {step for apart in APART for step in apart.one | apart.other} <= set(Action)
    assert set(free_steps(table())) >= FOR_TWO


def test_the_answer_to_why_not_says_whose_the_step_is_and_who_one_is() -> None:
    said = why_not(table(), "notice:approve", {"secretary": ["王秀英"]}, ["recorder", "member"], "第1村党支部")

    assert said == "“批准公示”在第1村党支部由支部书记（王秀英）办理。您在这里的身份是记录员、党员。"
    assert why_not(table(), "notice:approve", {}, [], "第1村党支部") == (
        "“批准公示”由支部书记办理，第1村党支部暂无人担任。您在这里的身份是（没有职务）。"
    )
    assert "由党员办理" in why_not(table(), "meeting:vote", {}, ["observer"], "第1村党支部")
    assert "由系统按期办理" in why_not(table(), "line:settle", {}, ["observer"], "第1村党支部")


def test_a_role_that_would_break_the_separation_is_not_handed_over() -> None:
    assert refuse_together(table(), ["recorder"], "secretary")
    assert refuse_together(table(), ["discipline"], "recorder")
    assert not refuse_together(table(), ["deputy", "member"], "secretary")


def test_who_is_told_that_steps_wait_follows_who_may_take_one() -> None:
    overlay = Overlay.of([Rule(GIVE, "objection:assign", "office"), Rule(FORBID, "objection:assign", "secretary")])

    assert overlay.hear_of(["secretary", "deputy"], ["objection:assign"]) == {"office", "deputy"}
    assert overlay.hear_of(["secretary"], ["objection:assign", "objection:answer"]) == {"secretary", "office"}
    assert overlay.hear_of(["secretary"], []) == {"secretary"}


def test_what_a_book_leaves_to_one_office_moves_with_the_unit_s_own_rules() -> None:
    given = Overlay.of([Rule(GIVE, "appeal:decide", "scorer")])
    taken = Overlay.of([Rule(FORBID, "objection:answer", "office")])

    assert given.stands_in(["scorer"], "discipline", "appeal:decide")
    assert not given.stands_in(["secretary"], "discipline", "appeal:decide")
    assert taken.stands_in(["secretary"], "office", "objection:answer")
    assert TEMPLATE.stands_in(["office"], "office", "objection:answer")
