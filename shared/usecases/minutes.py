"""Minutes: written while a meeting is fresh, composed with its roll and results, fixed when they are signed."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import hold, see
from shared.db.attestations import attested_on
from shared.db.meetings import Meeting
from shared.db.members import Person
from shared.db.minutes import Minutes
from shared.db.motions import Motion
from shared.domain.attestations import in_words
from shared.domain.errors import Forbidden, Invalid, NotNow
from shared.domain.meetings import COUNTS_AS_PRESENT, Attended
from shared.domain.minutes import Held, composed
from shared.domain.periods import Period
from shared.domain.windows import local_day
from shared.domain.wording import instant
from shared.usecases.assemblies import Assembly, see_meeting
from shared.usecases.carry_out import remark
from shared.usecases.motions import motions_put, opinions_written

KINDS = {"members": "党员大会", "committee": "支部委员会会议"}
HOW = {
    Attended.REMOTE: "（远程）",
    Attended.WRITTEN: "（书面意见）",
    Attended.LEAVE: "（请假）",
    Attended.ABSENT: "（缺席）",
}


@dataclass(frozen=True, slots=True)
class Written:
    """A meeting with its minutes, None before anybody has begun them, and their text as it would be signed now."""

    assembly: Assembly
    minutes: Minutes | None
    text: str


def see_minutes(session: Session, actor: Actor, meeting_id: UUID) -> Written:
    """Return a meeting's minutes."""
    assembly = see_meeting(session, actor, meeting_id)
    minutes = _of(session, assembly.meeting)
    text = minutes.text if minutes and minutes.text else composed(_held(session, assembly, minutes))
    return Written(assembly, minutes, text)


def write_minutes(session: Session, actor: Actor, meeting_id: UUID, place: str, said: str, now: datetime) -> None:
    """Write down where a meeting was and what was said, as often as need be until they are fixed."""
    meeting = see(session, actor, Action.MINUTES_WRITE, Meeting, meeting_id)
    faults = [] if place.strip() else ["请填写开会地点。"]
    if not said.strip():
        faults.append("请记下会议内容。")
    if faults:
        raise Invalid(*faults)
    if actor.person_id is None:
        raise Forbidden("请先登录。")
    minutes = _of(session, meeting)
    if minutes is None:
        minutes = Minutes(county_id=meeting.county_id, unit_id=meeting.unit_id, meeting_id=meeting.id)
        session.add(minutes)
    elif minutes.fixed_at is not None:
        raise NotNow("会议记录已经定稿，不能再改；有更正的，请另作说明。")
    minutes.written_by, minutes.place, minutes.said, minutes.changed_at = actor.person_id, place, said, now


def fix_minutes(session: Session, actor: Actor, meeting_id: UUID, now: datetime) -> None:
    """Fix the minutes of a meeting that has ended: what is signed stays here, with its digest."""
    meeting = hold(session, actor, Action.MEETING_HOLD, Meeting, meeting_id)
    if meeting.closed_at is None:
        raise NotNow("会议还没有结束，不能定稿。")
    minutes = _of(session, meeting)
    if minutes is None:
        raise NotNow("还没有会议记录，请先填写。")
    if minutes.fixed_at is not None:
        raise NotNow("会议记录已经定稿。")
    text = composed(_held(session, see_meeting(session, actor, meeting_id), minutes))
    minutes.text, minutes.digest = text, hashlib.sha256(text.encode()).hexdigest()
    minutes.fixed_at = now
    remark(session, actor, minutes, "fix", now, note=minutes.digest[:16])


def _of(session: Session, meeting: Meeting) -> Minutes | None:
    return session.scalar(select(Minutes).filter_by(county_id=meeting.county_id, meeting_id=meeting.id))


def _held(session: Session, assembly: Assembly, minutes: Minutes | None) -> Held:
    meeting = assembly.meeting
    by_way: dict[bool, list[str]] = {True: [], False: []}
    for seat in assembly.voters:
        how = HOW.get(seat.took_part, "")
        by_way[Attended(seat.took_part) in COUNTS_AS_PRESENT].append(f"{seat.name}{how}")
    came = [seat.name for seat in assembly.guests if seat.took_part == Attended.PRESENT]
    roll, begun = assembly.roll, meeting.begun_at or meeting.opened_at
    return Held(
        unit=assembly.unit.name,
        kind=KINDS[meeting.kind],
        subject=meeting.subject,
        number=meeting.minute,
        day=instant(begun),
        place=minutes.place if minutes else "",
        chair=_name(session, meeting.county_id, meeting.chaired_by),
        writer=_name(session, meeting.county_id, minutes.written_by) if minutes else "",
        roll=f"应到会有表决权的党员 {roll.due} 人，实到 {roll.present} 人",
        present=by_way[True],
        away=by_way[False],
        guests=came,
        opinions=opinions_written(session, meeting),
        said=minutes.said if minutes else "",
        counted=in_words(attested_on(session, meeting.county_id, meeting.unit_id, local_day(begun))),
        results=_results(session, assembly),
        ending=("会议有效，到此结束。" if meeting.valid else "到会不足半数，会议无效。")
        if meeting.closed_at
        else "",
    )


def _results(session: Session, assembly: Assembly) -> list[str]:
    votes = [
        f"{Period.parse(one.period).in_words}积分{f'，{one.name}单独表决' if one.line_id else ''}："
        f"赞成 {one.in_favour} 票，反对 {one.against} 票，弃权 {one.abstained} 票，"
        f"{'通过' if one.passed else '未通过'}。"
        for one in assembly.votes
    ]
    put = motions_put(session, assembly.meeting)
    return votes + [_carried(one) for one in put if one.passed is not None]


def _carried(motion: Motion) -> str:
    how = "（无记名投票）" if motion.ballot_id else ""
    return f"{motion.title}{how}：{motion.why}反对 {motion.against} 票，弃权 {motion.abstained} 票。"


def _name(session: Session, county_id: UUID, person_id: UUID) -> str:
    person = session.get(Person, (county_id, person_id))
    return person.name if person else ""
