"""`jifen verify`: everything recomputed from the ledger, as the verifier's login, which can only read."""

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from sqlalchemy import text
from sqlalchemy.orm import Session

from services.cli.installation import installation
from shared.config import settings
from shared.db.session import Db, connect
from shared.db.verification.checks import Wrong
from shared.stores.evidence import Store, store_of
from shared.usecases.verification import Finding, Verified, verify

NOUNS = {
    "annual_line": "年度积分",
    "appraisal": "年度评议结果",
    "award": "积分明细",
    "claim": "申报",
    "deadline": "期限",
    "evidence": "证明材料",
    "filing": "上报材料",
    "history": "步骤记录",
    "issued_book": "积分细则",
    "ledger_entry": "台账记录",
    "line": "积分行",
    "notice": "公示",
    "notice_line": "公示行",
    "objection": "异议",
    "record": "登记",
    "round": "考核周期",
    "seal": "封印",
    "tally": "件数",
    "transfer": "组织关系转接",
    "verdict": "评议结果",
    "transfer_statement": "转接单",
    "reorganisation": "组织调整",
    "review": "到期提醒",
}


@click.command("verify")
@click.option("--data", type=click.Path(path_type=Path), help="数据文件夹，默认是仓库里的 data。")
@click.pass_context
def command(ctx: click.Context, data: Path | None) -> None:
    """从台账重算一切：0 全部相符，1 指出第一处不符。"""
    with installation(data) as urls:
        begun = time.monotonic()
        store = store_of(replace(settings(), data=data or settings().data))
        verified, sentence = checked(connect(urls.verifier, pool_size=1), store)
        seconds = time.monotonic() - begun
    if sentence:
        click.echo(sentence, err=True)
        ctx.exit(1)
    click.echo(
        f"全部相符：{verified.counties} 个县、{verified.branches} 个支部，{verified.seals} 枚封印，"
        f"{verified.entries} 笔台账记录，用时 {seconds:.1f} 秒。"
    )


def checked(db: Db, store: Store | None = None) -> tuple[Verified, str | None]:
    """Verify in one snapshot that changes nothing; return the sentence on the first wrong row, if there is one."""
    with db.begin() as session:
        session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        verified = verify(session, store=store)
        return verified, in_words(session, verified.finding) if verified.finding else None


def in_words(session: Session, finding: Finding) -> str:
    """Name the row: what it is, where it belongs, what it says and what would be right."""
    wrong = finding.wrong
    place = "，".join(part for part in (_unit(session, wrong), wrong.period, _member(session, wrong)) if part)
    noun = NOUNS.get(wrong.table, wrong.table)
    return f"{place}：{noun}（{wrong.table} {wrong.id}）{differences(wrong)}\n应当：{finding.holds}。"


def differences(wrong: Wrong) -> str:
    """What is and what should be, column by column; a row too few or too many as such."""
    if wrong.found is None:
        return f"缺失，应有 {_listed(wrong.should or {})}。"
    if wrong.should is None:
        return f"多出，不应有 {_listed(wrong.found)}。"
    differ = [name for name, value in wrong.should.items() if wrong.found.get(name) != value]
    said = [f"{name} 是“{_shown(wrong.found.get(name))}”，应是“{_shown(wrong.should[name])}”" for name in differ]
    return f"{'；'.join(said)}。"


def _listed(columns: dict[str, Any]) -> str:
    return "，".join(f"{name} {_shown(value)}" for name, value in columns.items() if value is not None)


def _shown(value: Any) -> str:
    return "空" if value is None else str(value)


def _unit(session: Session, wrong: Wrong) -> str | None:
    name: str | None = session.scalar(text("SELECT min(name) FROM unit WHERE id = :id"), {"id": wrong.unit_id})
    return name


def _member(session: Session, wrong: Wrong) -> str | None:
    number = session.scalar(text("SELECT min(member_no) FROM member WHERE id = :id"), {"id": wrong.member_id})
    return f"党员编号 {number}" if number else None
