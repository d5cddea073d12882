"""Witnesses: named by who claims, heard in their own words, asked for by nobody."""

import pytest

from shared.db.claims import Claim
from shared.db.session import Db, acting
from shared.db.witnesses import Witness
from shared.domain.errors import Forbidden, Invalid, NotNow
from shared.usecases.witnesses import Heard, bear_witness, name_witness, witness_asked, witnesses_of
from tests.usecases.stage import Stage


@pytest.fixture
def stage(db: Db, clockwork: Db) -> Stage:
    """A village branch whose quarter takes claims."""
    return Stage(db, clockwork)


def named(stage: Stage, claim: Claim) -> Witness:
    """The second member, named by Mei."""
    return stage.do(name_witness, stage.mei, claim.id, stage.branch.members[1].id)


def heard(stage: Stage, claim: Claim, by: str = "organiser") -> list[Heard]:
    """What stands beside a claim."""
    with acting(stage.db, stage.county_id, stage.unit_id) as session:
        return list(witnesses_of(session, stage.who(by), claim.id))


def test_a_witness_is_asked_at_once_and_their_word_stands_beside_the_claim(stage: Stage) -> None:
    claim, other = stage.claim(stage.mei), stage.branch.members[1]
    witness = named(stage, claim)

    with acting(stage.db, stage.county_id, stage.unit_id) as session:
        assert [one.claim.number for one in witness_asked(session, stage.who(other))] == [claim.number]
    stage.do(bear_witness, other, witness.id, True, "我们一起讲的课")

    assert stage.messages("witness")[0].body["persons"] == [str(other.person_id)]
    assert [(one.member.name, one.witness.confirms) for one in heard(stage, claim)] == [(other.name, True)]
    assert stage.history(claim.id)[-1] == "witness"
    with acting(stage.db, stage.county_id, stage.unit_id) as session:
        assert list(witness_asked(session, stage.who(other))) == []


def test_nobody_witnesses_their_own_deed_nor_anothers_unasked(stage: Stage) -> None:
    claim = stage.claim(stage.mei)

    with pytest.raises(Forbidden, match="不能为自己作证"):
        stage.do(name_witness, stage.mei, claim.id, stage.mei.id)
    with pytest.raises(Forbidden):
        stage.do(name_witness, stage.branch.members[1], claim.id, stage.branch.members[2].id)
    witness = named(stage, claim)
    with pytest.raises(Invalid, match="已经列为"):
        named(stage, claim)
    for wrong in (stage.mei, stage.branch.members[2], "organiser"):
        with pytest.raises(Forbidden):
            stage.do(bear_witness, wrong, witness.id, True, "属实")


def test_who_declines_says_why_and_speaks_once(stage: Stage) -> None:
    claim, other = stage.claim(stage.mei), stage.branch.members[1]
    witness = named(stage, claim)

    with pytest.raises(Invalid, match="一句话说明"):
        stage.do(bear_witness, other, witness.id, False, " ")
    stage.do(bear_witness, other, witness.id, False, "那天我在县城，没有参加")
    with pytest.raises(NotNow, match="已经作过说明"):
        stage.do(bear_witness, other, witness.id, True, "")


def test_a_decided_claim_asks_for_no_witness_and_a_claim_needs_none(stage: Stage) -> None:
    claim, other = stage.claim(stage.mei), stage.branch.members[1]
    witness = named(stage, claim)
    stage.accept(claim)  # the witness has said nothing

    with pytest.raises(NotNow, match="不再需要证明"):
        stage.do(bear_witness, other, witness.id, True, "属实")
    with pytest.raises(NotNow, match="不再需要证明"):
        stage.do(name_witness, stage.mei, claim.id, stage.branch.members[2].id)
    assert stage.row(Claim, claim.id).state == "accepted"
