"""Evidence through the browser: uploads that are not what they say, and files handed out to who may have them."""

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

import pytest
from litestar import post
from litestar.enums import MediaType
from litestar.testing import TestClient

from services.api.app import create_app
from services.api.web.forms import Sent
from services.api.web.permissions import SIGNED_IN
from services.api.web.sessions import Who
from services.api.web.uploads import UPLOAD_BYTES, Files, kept_files
from shared.db.session import Db, acting
from shared.domain.evidence import MIB
from shared.stores.evidence import Store
from shared.usecases.claims import draft_claim
from shared.usecases.evidence import attach
from shared.usecases.rounds import open_round
from tests.api.conftest import Browser
from tests.api.people import Person, signed_in
from tests.builders import Branch, a_county, a_deed, founder, set_clock
from tests.files import bomb, photograph, picture

START = datetime(2026, 2, 3, 1, 0, tzinfo=UTC)


@post(
    "/uploads",
    opt=SIGNED_IN,
    sync_to_thread=True,
    request_max_body_size=UPLOAD_BYTES,
    media_type=MediaType.TEXT,
    status_code=200,
)
def keep(who: Who, store: Files, sent: Sent) -> str:
    """Keep what was chosen; the pages' own forms do the same."""
    return "、".join(one.name for one in kept_files(store, sent, "files"))


@pytest.fixture(scope="module")
def uploading(db: Db, redis_url: str, store: Store) -> Iterator[Browser]:
    app = create_app(db, redis_url, [keep], store=store)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture(scope="module")
def branch(db: Db) -> Branch:
    made = a_county(db)[0]
    set_clock(db, made.county_id, START)
    return made


@pytest.fixture
def member(uploading: Browser, db: Db, branch: Branch) -> Person:
    return signed_in(uploading.app, db, branch.actors[branch.members[0].id])


@pytest.fixture(scope="module")
def attached(db: Db, branch: Branch, store: Store) -> UUID:
    """A photograph that came with the first member's claim."""
    mei = branch.members[0]
    kept = store.keep("清扫 村道.jpg", photograph())
    with acting(db, branch.county_id, branch.unit_id) as session:
        round_ = open_round(session, founder(branch.county_id), branch.unit_id, "2026-Q1", START)
    with acting(db, branch.county_id, branch.unit_id) as session:
        actor, deed = branch.actors[mei.id], a_deed("D-A4", START.date())
        claim = draft_claim(session, actor, round_.id, mei.id, deed, START)
        return attach(session, actor, claim.id, kept, START).id


def sends(member: Person, *files: tuple[str, bytes]) -> tuple[int, str]:
    member.client.get("/")
    token = {"x-csrftoken": member.client.cookies.get("token") or ""}
    chosen = [("files", (name, content)) for name, content in files]
    answer = member.client.post("/uploads", files=chosen, headers=token)
    return answer.status_code, answer.text


def test_what_is_chosen_is_kept(member: Person) -> None:
    assert sends(member, ("院子.JPG", photograph()), ("图", picture("PNG"))) == (200, "院子.jpg、图.png")


def test_a_field_left_empty_is_no_file(member: Person) -> None:
    assert sends(member, ("", b"")) == (200, "")


@pytest.mark.long
def test_every_file_s_fault_is_said_at_once(member: Person) -> None:
    status, said = sends(
        member, ("网页.jpg", b"<html>"), ("好.jpg", photograph()), ("弹.png", bomb()), ("空.pdf", b"")
    )

    assert status == 422
    assert "“网页.jpg”不是照片或 PDF" in said
    assert "“弹.png”：图片有 65000×65000 像素" in said
    assert "“空.pdf”是空的" in said
    assert "好.jpg" not in said


@pytest.mark.long
def test_too_many_and_too_large_are_refused(member: Person) -> None:
    many = [(f"{n}.jpg", picture()) for n in range(7)]

    assert sends(member, *many)[0] == 422
    assert sends(member, ("大.jpg", photograph() + b"\0" * (11 * MIB)))[0] == 422
    assert sends(member, ("更大.jpg", photograph() + b"\0" * (13 * MIB)))[0] == 413


@pytest.mark.long
def test_a_file_is_handed_out_to_be_kept_and_never_as_a_page(member: Person, attached: UUID) -> None:
    answer = member.client.get(f"/evidence/{attached}")

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["content-disposition"].startswith("attachment; filename*=UTF-8''%E6%B8%85")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"
    assert b"Secret" not in answer.content


@pytest.mark.long
def test_a_file_is_for_who_may_see_its_claim(uploading: Browser, db: Db, branch: Branch, attached: UUID) -> None:
    elsewhere = a_county(db)[0]
    colleague = signed_in(uploading.app, db, branch.actors[branch.members[1].id])
    officer = signed_in(uploading.app, db, branch["organiser"])
    stranger = signed_in(uploading.app, db, elsewhere["secretary"])

    assert officer.client.get(f"/evidence/{attached}").status_code == 200
    assert colleague.client.get(f"/evidence/{attached}").status_code == 403
    assert stranger.client.get(f"/evidence/{attached}").status_code == 404
    guest = Person(uploading.app).client.get(f"/evidence/{attached}", follow_redirects=False)
    assert guest.status_code in {302, 303, 401}
