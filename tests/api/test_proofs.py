"""Proofs: whoever signed in a while ago shows again who they are before what cannot be taken back."""

from collections.abc import Iterator

import pytest
from litestar import Litestar
from sqlalchemy import func, select

from services.api.routes import ROUTES
from services.api.v1.endpoints import PREFIX
from services.api.web.permissions import KEY, PROOF
from shared.db.claims import Claim
from shared.db.session import Db, enter
from shared.db.sign_ins import SignIn
from shared.domain.claims import ClaimState
from tests.api.people import Forms, Person, signed_in, words
from tests.usecases.people import PASSWORD, a_number, a_signer
from tests.usecases.stage import Stage

REASON = "与事实不符：\r\n当天没有这次活动"
LONG_AGO = func.make_interval(0, 0, 0, 0, 0, 16)


@pytest.fixture(scope="module")
def stage(db: Db, clockwork: Db) -> Stage:
    """A branch in its first quarter, whose organiser has a password."""
    stage = Stage(db, clockwork, members=4)
    a_signer(db, stage.branch, stage.who("organiser"), a_number())
    return stage


@pytest.fixture
def organiser(app: Litestar, stage: Stage) -> Iterator[Person]:
    """The organiser, who signed in a quarter of an hour ago and has shown nothing since."""
    actor = stage.who("organiser")
    person = signed_in(app, stage.db, actor)
    with stage.db.begin() as session:
        enter(session, actor.county_id, [actor.unit_id], actor.person_id)
        for row in session.scalars(select(SignIn).filter_by(county_id=actor.county_id, ended_at=None)):
            row.made_at, row.proved_at = func.clock_timestamp() - LONG_AGO, None
    with person.client:
        yield person


def refuses(organiser: Person, claim: Claim) -> str:
    """Refuse a claim on its page; return what is said then."""
    organiser.opens(f"/claims/{claim.id}")
    return organiser.hands_in(
        f"/claims/{claim.id}/refuse", 403, refuse_reason=REASON, refuse_minute="支委会〔2026〕3号"
    )


def test_who_signed_in_a_while_ago_is_asked_and_loses_nothing(organiser: Person, stage: Stage) -> None:
    claim = stage.claim(stage.mei)
    assert "请确认是您本人" in refuses(organiser, claim)
    assert stage.row(Claim, claim.id).state == ClaimState.SUBMITTED

    said = organiser.hands_in(f"/claims/{claim.id}/refuse", 422, secret_proof="不是这个")
    assert "密码或验证码不对" in said
    organiser.hands_in(f"/claims/{claim.id}/refuse", secret_proof=PASSWORD)

    refused = stage.row(Claim, claim.id)
    assert (refused.state, refused.reason) == (ClaimState.REFUSED, REASON)
    assert refused.minute == "支委会〔2026〕3号"


def test_for_a_quarter_of_an_hour_nobody_is_asked_twice(organiser: Person, stage: Stage) -> None:
    first, second = stage.claim(stage.branch.members[1]), stage.claim(stage.branch.members[2])
    refuses(organiser, first)
    organiser.hands_in(f"/claims/{first.id}/refuse", secret_proof=PASSWORD)

    organiser.opens(f"/claims/{second.id}")
    organiser.hands_in(f"/claims/{second.id}/refuse", refuse_reason="不实", refuse_minute="支委会〔2026〕3号")

    assert stage.row(Claim, second.id).state == ClaimState.REFUSED


@pytest.mark.long
def test_the_page_in_between_keeps_no_password_and_offers_to_sign_in_again(
    organiser: Person, stage: Stage
) -> None:
    claim = stage.claim(stage.branch.members[3])
    refuses(organiser, claim)
    organiser.hands_in(f"/claims/{claim.id}/refuse", 422, secret_proof="typed-by-mistake")
    assert organiser.page is not None
    assert "typed-by-mistake" not in organiser.page.text
    again = Forms(organiser.page.text).found[-1]
    assert again.action == "/sign-out"

    organiser.page = organiser.client.post(again.action, data=again.fields)
    assert organiser.page.url.params["back"] == f"/claims/{claim.id}"
    assert "刚才填的内容已经保存" in words(organiser.page.text)


@pytest.mark.long
def test_these_handlers_ask_and_these_that_serve_the_same_steps_do_not() -> None:
    asking = {path for one in ROUTES for path in one.paths if one.opt.get(PROOF)}
    assert asking == {
        "/books/drafts/{draft_id:uuid}/approve",
        "/claims/{claim_id:uuid}/accept",
        "/claims/{claim_id:uuid}/refuse",
        "/filings/{filing_id:uuid}/file",
        "/filings/{filing_id:uuid}/submit",
        "/inquiries/{objection_id:uuid}/answer",
        "/inquiries/{objection_id:uuid}/decision",
        "/meetings/{meeting_id:uuid}/close",
        "/meetings/{meeting_id:uuid}/minutes/fix",
        "/members/{member_id:uuid}/probation",
        "/notices/{notice_id:uuid}/publish",
        "/policies/{policy_id:uuid}/grant",
        "/rounds/{round_id:uuid}/claims/{verdict:str}/done",
        "/rounds/{round_id:uuid}/lines/confirm",
        "/units/{unit_id:uuid}/{change:str}",
        "/votes/{ballot_id:uuid}/close",
        "/votes/{ballot_id:uuid}/count",
    }
    assert all("who" in one.parsed_fn_signature.parameters for one in ROUTES if one.opt.get(PROOF))

    served = {one.opt[KEY] for one in ROUTES if one.opt.get(PROOF)}
    silent = {
        path
        for one in ROUTES
        for path in one.paths
        if "POST" in one.http_methods and one.opt[KEY] in served and not one.opt.get(PROOF)
    }
    # What goes before it, and what can be done again. A program's token was given its scope by such a proof.
    assert {path for path in silent if not path.startswith(PREFIX)} == {
        "/books/drafts/{draft_id:uuid}/return",
        "/filings/{filing_id:uuid}/remarks",
        "/meetings/new",
        "/meetings/{meeting_id:uuid}/lines/{line_id:uuid}",
        "/meetings/{meeting_id:uuid}/motions",
        "/meetings/{meeting_id:uuid}/motions/{motion_id:uuid}",
        "/meetings/{meeting_id:uuid}/motions/{motion_id:uuid}/secret",
        "/meetings/{meeting_id:uuid}/roll",
        "/meetings/{meeting_id:uuid}/votes",
        "/policies/{policy_id:uuid}/refuse",
        "/rounds/{round_id:uuid}/claims/{verdict:str}",
        "/rounds/{round_id:uuid}/lines/compile",
        "/units/decisions/{decision_id:uuid}/call-off",
        "/votes/{ballot_id:uuid}/paper",
        "/votes/{ballot_id:uuid}/slips",
    }
