"""Edits of a draft: one clause, one section or the whole text; what others change meanwhile is never lost."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import hold
from shared.db.book_drafts import BookDraft
from shared.domain.book_drafts import BOOK_DRAFT, BookDraftState
from shared.domain.errors import Forbidden, Invalid, NotFound, NotNow
from shared.domain.rule_edits import with_item, with_item_again, with_section, without_item
from shared.domain.rule_text import Unreadable
from shared.domain.rule_writing import Plain, written
from shared.usecases.book_drafts import edition_of, editions_since, reading_of, said_of, save_edition
from shared.usecases.book_readings import Reading, read_text

# What a draft is known by; the system writes it, and it stays.
IDENTITY = {"book": "代号", "version": "版次", "inherits": "所依据的上级细则"}

Part = Callable[[Reading], Any]
Edit = Callable[[Reading], Plain]


def change_item(
    session: Session, actor: Actor, draft_id: UUID, seen: int, item: Plain, now: datetime
) -> BookDraft:
    """Put an item in, or a new figure into it; `seen` is the edition that the person had before them."""
    name = str(item["id"])

    def edit(reading: Reading) -> Plain:
        return with_item(reading.values, _values_above(reading), item)

    return _change(session, actor, draft_id, seen, lambda reading: reading.item(name), edit, now)


def drop_item(session: Session, actor: Actor, draft_id: UUID, seen: int, name: str, now: datetime) -> BookDraft:
    """Drop an item: one's own is taken out, an inherited one no longer holds here."""

    def edit(reading: Reading) -> Plain:
        inherited = reading.inherited(name)
        if inherited is not None and inherited.locked:
            raise Forbidden(f"条款“{name} {inherited.title}”由上级锁定，本级不能取消。")
        if reading.item(name) is None:
            raise NotFound("草稿里没有这一条。")
        return without_item(reading.values, _values_above(reading), name)

    return _change(session, actor, draft_id, seen, lambda reading: reading.item(name), edit, now)


def restore_item(session: Session, actor: Actor, draft_id: UUID, seen: int, name: str, now: datetime) -> BookDraft:
    """Take up again an inherited item that was dropped."""

    def edit(reading: Reading) -> Plain:
        return with_item_again(reading.values, name)

    return _change(session, actor, draft_id, seen, lambda reading: reading.item(name), edit, now)


def change_sections(
    session: Session, actor: Actor, draft_id: UUID, seen: int, sections: Mapping[str, Any], now: datetime
) -> BookDraft:
    """Set whole sections of the book; an empty one is left out."""

    def edit(reading: Reading) -> Plain:
        values: Plain = reading.values
        for key, value in sections.items():
            values = with_section(values, key, value)
        return values

    def part(reading: Reading) -> list[Any]:
        return [reading.values.get(key) for key in sections]

    return _change(session, actor, draft_id, seen, part, edit, now)


def change_text(session: Session, actor: Actor, draft_id: UUID, seen: int, text: str, now: datetime) -> BookDraft:
    """Put another text in place of the whole; what it is known by must stay as it is."""
    draft = _drafting(session, actor, draft_id)
    _refuse_stale(session, actor, draft, seen, lambda reading: reading.text)
    try:
        reading = read_text(session, actor.county_id, actor.unit_id, text)
    except Unreadable as refusal:
        fault = refusal.fault
        raise Invalid(f"第 {fault.place.line} 行：{fault.what}；{fault.remedy}。") from refusal
    known = {"book": draft.name, "version": draft.version, "inherits": draft.inherits}
    faults = [
        f"“{key}”（{IDENTITY[key]}）由系统填写，应是 {value or '空的'}，请改回去。"
        for key, value in known.items()
        if reading.values.get(key) != value
    ]
    if faults:
        raise Invalid(*faults)
    save_edition(session, actor, draft, text, said_of(reading_of(session, actor, draft), reading), now)
    return draft


def _change(
    session: Session, actor: Actor, draft_id: UUID, seen: int, part: Part, edit: Edit, now: datetime
) -> BookDraft:
    """Apply an edit to the newest edition, unless somebody has changed the same part since `seen`."""
    draft = _drafting(session, actor, draft_id)
    _refuse_stale(session, actor, draft, seen, part)
    reading = reading_of(session, actor, draft)
    text = written(edit(reading))
    after = read_text(session, actor.county_id, actor.unit_id, text)
    # A form that was handed in as it stood has changed nothing, in whatever order it writes things down.
    if (after.book, after.errors) != (reading.book, reading.errors):
        save_edition(session, actor, draft, text, said_of(reading, after), now)
    return draft


def _drafting(session: Session, actor: Actor, draft_id: UUID) -> BookDraft:
    draft = hold(session, actor, Action.BOOK_DRAFT, BookDraft, draft_id)
    if draft.state != BookDraftState.DRAFTING:
        raise NotNow(
            f"这份草稿现在是“{BOOK_DRAFT.words[BookDraftState(draft.state)]}”，不能再改；退回以后可以改。"
        )
    return draft


def _refuse_stale(session: Session, actor: Actor, draft: BookDraft, seen: int, part: Part) -> None:
    if seen == draft.edition:
        return
    before = read_text(session, actor.county_id, actor.unit_id, edition_of(session, draft, seen).text)
    after = reading_of(session, actor, draft)
    if part(before) != part(after):
        others = "、".join(dict.fromkeys(one.person_name for one in editions_since(session, draft, seen)))
        said = said_of(before, after)
        raise NotNow(f"您打开以后，{others}改过这里：{said}。您填的都还在，请核对后再保存一次。")


def _values_above(reading: Reading) -> Plain | None:
    return reading.above.values if reading.above else None
