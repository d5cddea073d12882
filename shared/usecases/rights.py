"""Rights: everything that is kept about a member, for that member alone, in words that people read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import see
from shared.db.clock import read_clock
from shared.db.history import History
from shared.db.members import Member
from shared.db.units import Unit, level_above
from shared.domain.errors import Forbidden, NotFound
from shared.usecases.looks import looks_at

# Each kind of row in the words of its headings; a member's own, and what others have said of them.
_KEPT: Mapping[str, TextClause] = {
    "个人信息": text("""
SELECT m.name AS 姓名, m.member_no AS 编号, m.class AS 类别, m.office AS 职务, m.birth_date AS 出生日期,
       p.telephone AS 电话, g.name AS 党小组, m.present_from AS 转入日期, m.present_to AS 转出日期,
       m.probationary AS 预备党员, c.name AS 联系人, m.exempt_from AS 不计分起, m.exempt_minute AS 不计分依据
FROM member m JOIN person p ON p.county_id = m.county_id AND p.id = m.person_id
LEFT JOIN party_group g ON g.county_id = m.county_id AND g.id = m.group_id
LEFT JOIN person c ON c.county_id = m.county_id AND c.id = m.contact_id
WHERE m.county_id = :county AND m.id = :member"""),
    "担任的职务": text("""
SELECT role AS 职务, since AS 起, until AS 止 FROM holding
WHERE county_id = :county AND person_id = :person ORDER BY since"""),
    "申报": text("""
SELECT number AS 编号, item AS 条款, happened_on AS 日期, text AS 内容, points AS 申报分数, state AS 状态,
       filed_at AS 提交时间, decision AS 认定依据, reason AS 不予认定理由, minute AS 会议记录
FROM claim WHERE county_id = :county AND member_id = :member ORDER BY happened_on, number"""),
    "小组意见": text("""
SELECT c.number AS 申报编号, p.name AS 谁的意见, o.done AS 是否完成, o.quality AS 完成质量, o.given_at AS 时间
FROM opinion o JOIN claim c ON c.county_id = o.county_id AND c.id = o.claim_id
JOIN person p ON p.county_id = o.county_id AND p.id = o.person_id
WHERE o.county_id = :county AND c.member_id = :member ORDER BY o.given_at"""),
    "在场证明": text("""
SELECT c.number AS 申报编号, m.name AS 证明人, w.confirms AS 是否属实, w.said AS 说明, w.said_at AS 时间
FROM witness w JOIN claim c ON c.county_id = w.county_id AND c.id = w.claim_id
JOIN member m ON m.county_id = w.county_id AND m.id = w.member_id
WHERE w.county_id = :county AND (c.member_id = :member OR w.member_id = :member) ORDER BY w.named_at"""),
    "支部登记": text("""
SELECT item AS 条款, happened_on AS 日期, text AS 内容, points AS 分数, decision AS 依据, entered_at AS 登记时间,
       struck_at AS 撤销时间, struck_reason AS 撤销理由
FROM record WHERE county_id = :county AND member_id = :member ORDER BY happened_on"""),
    "别人反映的情况": text("""
SELECT happened_on AS 日期, text AS 内容, reported_at AS 反映时间, state AS 状态, reply AS 本人说明,
       reason AS 不登记理由
FROM report WHERE county_id = :county AND member_id = :member ORDER BY reported_at"""),
    "各期积分": text("""
SELECT r.period AS 周期, l.by_rule AS 按细则, l.points AS 积分, l.reason AS 说明, l.state AS 状态
FROM line l JOIN round r ON r.county_id = l.county_id AND r.id = l.round_id
WHERE l.county_id = :county AND l.member_id = :member ORDER BY r.first_day"""),
    "台账": text("""
SELECT r.period AS 周期, e.clause AS 条款, e.happened_on AS 日期, e.points AS 分值, e.note AS 说明,
       e.reverses_id IS NOT NULL AS 冲销, e.recorded_at AS 登记时间
FROM ledger_entry e JOIN round r ON r.county_id = e.county_id AND r.id = e.round_id
WHERE e.county_id = :county AND e.member_id = :member ORDER BY e.recorded_at, e.ordinal"""),
    "年度": text("""
SELECT y.year AS 年度, y.year_points AS 全年积分, y.factor AS 折算, y.annual_points AS 年度积分, y.grade AS 等次,
       a.result AS 民主评议, a.minute AS 会议记录
FROM annual_line y LEFT JOIN appraisal a
  ON a.county_id = y.county_id AND a.member_id = y.member_id AND a.year = y.year
WHERE y.county_id = :county AND y.member_id = :member ORDER BY y.year, y.edition"""),
    "结果运用": text("""
SELECT period AS 周期, basis AS 依据, state AS 状态, note AS 决定, minute AS 会议记录, decided_at AS 时间
FROM outcome_case WHERE county_id = :county AND member_id = :member ORDER BY proposed_at"""),
    "我提出的异议": text("""
SELECT number AS 编号, text AS 内容, handed_in_at AS 提出时间, state AS 状态, answer AS 答复, outcome AS 结果
FROM objection WHERE county_id = :county AND raised_by = :person ORDER BY handed_in_at"""),
    "思想汇报": text("""
SELECT quarter AS 季度, text AS 内容, written_at AS 时间 FROM reflection
WHERE county_id = :county AND member_id = :member ORDER BY quarter"""),
    "参加的会议": text("""
SELECT m.subject AS 会议, m.opened_at AS 时间, a.standing AS 身份, a.took_part AS 参加方式
FROM attendance a JOIN meeting m ON m.county_id = a.county_id AND m.id = a.meeting_id
WHERE a.county_id = :county AND a.person_id = :person ORDER BY m.opened_at"""),
    "附上的材料": text("""
SELECT coalesce(nullif(e.name, ''), '已按期销毁') AS 文件, e.size AS 字节, e.digest AS 校验码, e.added_at AS 时间,
       e.removed_at AS 撤下时间, e.destroyed_under AS 销毁依据
FROM evidence e WHERE e.county_id = :county AND e.added_by = :person ORDER BY e.added_at"""),
    "代办人": text("""
SELECT p.name AS 家人, x.until AS 到哪一天, x.named_at AS 指定时间, x.withdrawn_at AS 停止时间
FROM proxy x JOIN person p ON p.county_id = x.county_id AND p.id = x.person_id
WHERE x.county_id = :county AND x.member_id = :member ORDER BY x.named_at"""),
    "收到的通知": text("""
SELECT text AS 内容, made_at AS 时间, seen_at AS 看过 FROM notification
WHERE county_id = :county AND person_id = :person ORDER BY made_at"""),
    "登录": text("""
SELECT device AS 设备, made_at AS 登录时间, seen_at AS 最后使用, ended_at AS 退出时间 FROM sign_in
WHERE county_id = :county AND person_id = :person ORDER BY made_at"""),
    "提前销毁材料的申请": text("""
SELECT reason AS 理由, asked_at AS 时间, state AS 状态, answer AS 答复, files AS 销毁份数 FROM erasure
WHERE county_id = :county AND member_id = :member ORDER BY asked_at"""),
    "投诉建议": text("""
SELECT number AS 编号, text AS 内容, received_at AS 时间, answer AS 答复 FROM complaint
WHERE county_id = :county AND person_id = :person ORDER BY received_at"""),
    "我办过的步骤": text("""
SELECT command AS 步骤, subject_kind AS 事项, note AS 说明, at AS 时间 FROM history
WHERE county_id = :county AND actor_id = :person ORDER BY recorded_at"""),
}

Kept = Mapping[str, Sequence[Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class Rights:
    """What a member may know of what is kept about them: how much of each kind, who has looked, whom to ask."""

    member: Member
    unit: Unit
    above: Unit | None
    counts: Mapping[str, int]
    looks: Sequence[History]
    now: datetime


def see_rights(session: Session, actor: Actor) -> Rights:
    """Return what is kept about whoever is signed in, in numbers; whoever acts for them does not see it."""
    kept = kept_about(session, actor)
    member = _own(session, actor)
    return Rights(
        member=member,
        unit=session.get_one(Unit, (actor.county_id, member.unit_id)),
        above=level_above(session, actor.county_id, member.unit_id),
        counts={name: len(rows) for name, rows in kept.items() if rows},
        looks=looks_at(session, actor, member.id),
        now=read_clock(session, actor.county_id),
    )


def kept_about(session: Session, actor: Actor) -> Kept:
    """Return everything that is kept about whoever is signed in, by kind, in order."""
    member = _own(session, actor)
    whose = {"county": actor.county_id, "member": member.id, "person": member.person_id}
    return {name: [dict(row) for row in session.execute(query, whose).mappings()] for name, query in _KEPT.items()}


def _own(session: Session, actor: Actor) -> Member:
    if actor.acting_for is not None:
        raise Forbidden("这是党员本人的全部资料，要本人登录后查看。")
    if actor.member_id is None:
        raise NotFound("您在这里没有党员身份，没有可以查看的个人资料。")
    return see(session, actor, Action.STATEMENT_SEE, Member, actor.member_id)
