"""Roster changes: what a checked list does to the roster, in one statement for thousands; and back again."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shared.authz.actor import Actor
from shared.db.imports import Import
from shared.db.members import Member, Person
from shared.db.session import plan_for_many
from shared.domain.imports import Outcome
from shared.usecases.administrations import enter_subtree
from shared.usecases.carry_out import remark_ids
from shared.usecases.importers import TAKEN, UNTOUCHED, note_kept, of_import, over_rows
from shared.usecases.references import referenced

# Rows that were just written are thought to be one: row by row, 2 500 of them took five times as long.
_BY_HASH = text("SET LOCAL enable_nestloop = off")
_GROUPS = over_rows("""
INSERT INTO party_group (county_id, id, unit_id, number, name)
SELECT :county, gen_random_uuid(), w.place_id,
       (SELECT coalesce(max(number), 0) FROM party_group g WHERE g.county_id = :county AND g.unit_id = w.place_id)
       + row_number() OVER (PARTITION BY w.place_id ORDER BY w.first), w.name
FROM (SELECT place_id, after ->> 'group' AS name, min(line) AS first FROM meant
      WHERE after ->> 'group' IS NOT NULL GROUP BY 1, 2) w
WHERE NOT EXISTS (SELECT FROM party_group g
                  WHERE g.county_id = :county AND g.unit_id = w.place_id AND g.name = w.name)
""")
_NEW = over_rows(""", free AS (
    SELECT r.* FROM meant r WHERE NOT EXISTS (
        SELECT FROM member m
        WHERE m.county_id = :county AND m.unit_id = r.place_id AND m.member_no = r.after ->> 'member_no')
), people AS (
    INSERT INTO person (county_id, id, unit_id, name, telephone)
    SELECT :county, person_id, place_id, after ->> 'name', after ->> 'telephone' FROM free
), members AS (
    INSERT INTO member (county_id, id, unit_id, person_id, group_id, member_no, name, name_sort, class, office,
                        birth_date, present_from, present_to, probationary, probation_extended)
    SELECT :county, r.target_id, r.place_id, r.person_id, g.id, after ->> 'member_no', after ->> 'name',
           after ->> 'name_sort', after ->> 'class', after ->> 'office', (after ->> 'birth_date')::date,
           (after ->> 'present_from')::date, (after ->> 'present_to')::date,
           after ->> 'probationary' = 'yes', false
    FROM free r
    LEFT JOIN party_group g ON g.county_id = :county AND g.unit_id = r.place_id AND g.name = after ->> 'group'
)
SELECT r.line, r.place_id, r.target_id, f.id IS NOT NULL AS done FROM meant r LEFT JOIN free f ON f.id = r.id
""")
# A member as a file knows them; a row is changed only where this is still what was seen.
_NOW = """jsonb_build_object('name', m.name, 'birth_date', m.birth_date, 'class', m.class, 'office', m.office,
    'group', (SELECT g.name FROM party_group g WHERE g.county_id = m.county_id AND g.id = m.group_id),
    'telephone', p.telephone, 'present_from', m.present_from, 'present_to', m.present_to,
    'probationary', CASE WHEN m.probationary THEN 'yes' ELSE 'no' END, 'name_sort', m.name_sort,
    'member_no', m.member_no)"""
_CHANGE = """, same AS (
    SELECT r.*, r.{to} AS wanted FROM meant r
    JOIN member m ON m.county_id = :county AND m.id = r.target_id
    JOIN person p ON p.county_id = :county AND p.id = m.person_id
    WHERE {now} @> r.{seen}
), people AS (
    UPDATE person p SET name = coalesce(wanted ->> 'name', p.name),
        telephone = CASE WHEN wanted ? 'telephone' THEN wanted ->> 'telephone' ELSE p.telephone END
    FROM same WHERE p.county_id = :county AND p.id = same.person_id AND wanted ?| ARRAY['name', 'telephone']
), members AS (
    UPDATE member m SET name = coalesce(wanted ->> 'name', m.name),
        name_sort = coalesce(wanted ->> 'name_sort', m.name_sort),
        class = coalesce(wanted ->> 'class', m.class), office = coalesce(wanted ->> 'office', m.office),
        birth_date = coalesce((wanted ->> 'birth_date')::date, m.birth_date),
        group_id = CASE WHEN wanted ? 'group' THEN (
            SELECT g.id FROM party_group g WHERE g.county_id = :county AND g.unit_id = m.unit_id
            AND g.name = wanted ->> 'group') ELSE m.group_id END,
        present_from = CASE WHEN wanted ? 'present_from' THEN (wanted ->> 'present_from')::date
                            ELSE m.present_from END,
        present_to = CASE WHEN wanted ? 'present_to' THEN (wanted ->> 'present_to')::date ELSE m.present_to END,
        probationary = coalesce(wanted ->> 'probationary' = 'yes', m.probationary)
    FROM same WHERE m.county_id = :county AND m.id = same.target_id
)
SELECT r.line, r.place_id, r.target_id, s.id IS NOT NULL AS done FROM meant r LEFT JOIN same s ON s.id = r.id
"""
_CHANGED = over_rows(_CHANGE.format(now=_NOW, seen="before", to="after"))
_BACK = over_rows(_CHANGE.format(now=_NOW, seen="after", to="before"))
_LIKE = """
SELECT r.line, r.place_id, r.target_id, r.person_id, {now} @> r.after AS same FROM meant r
JOIN member m ON m.county_id = :county AND m.id = r.target_id
JOIN person p ON p.county_id = :county AND p.id = m.person_id
"""
_AS_MADE = over_rows(_LIKE.format(now=_NOW))
_MEMBERS_GONE = text("DELETE FROM member WHERE county_id = :county AND id = ANY(CAST(:ids AS uuid[]))")
_PEOPLE_GONE = text("DELETE FROM person WHERE county_id = :county AND id = ANY(CAST(:ids AS uuid[]))")
SIGNED_IN = "这个支部已经有人领了登录卡或登录过，没有撤销"
ALTERED = "导入以后又改过，没有撤销"


def carry_out(session: Session, actor: Actor, made: Import, after: int, to: int, now: datetime) -> None:
    """Enter the new members and change the others between two lines, each only if nobody was quicker."""
    enter_subtree(session, actor)
    session.execute(_BY_HASH)
    given = of_import(made, after, to)
    with plan_for_many(session):
        for outcome, statement, why in ((Outcome.NEW, _NEW, TAKEN), (Outcome.CHANGED, _CHANGED, UNTOUCHED)):
            session.execute(_GROUPS, {**given, "outcome": outcome})
            rows = session.execute(statement, {**given, "outcome": outcome}).all()
            note_kept(session, made, [row.line for row in rows if not row.done], why)
            done = [(row.place_id, row.target_id) for row in rows if row.done]
            remark_ids(session, actor, "member", done, "import", now, note=made.name)


def undo(session: Session, actor: Actor, made: Import, now: datetime) -> None:
    """Take back what was changed and who was entered, but for those whom something has befallen since."""
    enter_subtree(session, actor)
    session.execute(_BY_HASH)
    given = of_import(made)
    changed = session.execute(_BACK, {**given, "outcome": Outcome.CHANGED}).all()
    note_kept(session, made, [row.line for row in changed if not row.done], ALTERED)
    done = [(row.place_id, row.target_id) for row in changed if row.done]
    remark_ids(session, actor, "member", done, "undo_import", now, note=made.name)
    rows = session.execute(_AS_MADE, {**given, "outcome": Outcome.NEW}).all()
    note_kept(session, made, [row.line for row in rows if not row.same], ALTERED)
    mine = {row.target_id: row for row in rows if row.same}
    needed = referenced(session, made.county_id, Member, list(mine))
    people = {row.person_id: row for row in mine.values() if row.target_id not in needed}
    needed |= referenced(session, made.county_id, Person, list(people), but="member.person_id")
    for target, row in mine.items():
        what = needed.get(target) or needed.get(row.person_id)
        if what:
            note_kept(session, made, [row.line], f"已经有{what}，没有撤销")
    gone: dict[UUID, list[Row[Any]]] = defaultdict(list)
    for row in people.values():
        if row.person_id not in needed:
            gone[row.place_id].append(row)
    for rows in gone.values():
        _delete(session, made, rows)


def _delete(session: Session, made: Import, rows: Sequence[Row[Any]]) -> None:
    """Delete the members of one branch, all or none: what is not to be read here may point at one of them."""
    given = (_MEMBERS_GONE, [row.target_id for row in rows]), (_PEOPLE_GONE, [row.person_id for row in rows])
    try:
        with session.begin_nested():
            for statement, ids in given:
                session.execute(statement, {"county": made.county_id, "ids": ids})
    except IntegrityError:
        note_kept(session, made, [row.line for row in rows], SIGNED_IN)
