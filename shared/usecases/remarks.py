"""Remarks (备注): what the secretary writes beside a name in a package before it goes up, sealed with the rest."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from shared.authz.actions import Action
from shared.authz.actor import Actor
from shared.authz.gate import hold
from shared.db.filings import Filing
from shared.domain.disclosures import NEVER, REMEDIES, WORDS, private_in
from shared.domain.errors import Invalid, NotNow
from shared.domain.filings import FILING, FilingState
from shared.usecases.carry_out import remark
from shared.usecases.packages import package_digest

EXPLAIN = "explain"
LONGEST = 300


def explain(session: Session, actor: Actor, filing_id: UUID, remarks: Mapping[str, str], now: datetime) -> Filing:
    """Write the remarks of these members, by their numbers, into a package that has not gone up.

    Invalid naming every number that is not in the package, and every identity number or telephone in what was
    written; NotNow where it lies with the level above.
    """
    filing = hold(session, actor, Action.FILING_SUBMIT, Filing, filing_id)
    if filing.state not in {FilingState.BUILT, FilingState.RETURNED}:
        raise NotNow(f"这份备案现在是“{FILING.words[FilingState(filing.state)]}”，备注不能再改。")
    known = {one["member_no"] for one in (*filing.package["lines"], *filing.package.get("grades", ()))}
    faults = [f"材料里没有编号 {number} 的党员。" for number in remarks if number not in known]
    faults += [fault for number, words in remarks.items() for fault in _faults(number, words)]
    if faults:
        raise Invalid(*faults)
    written = {number: words.strip() for number, words in remarks.items() if words.strip()}
    filing.package = {**filing.package, "remarks": {**filing.package.get("remarks", {}), **written}}
    filing.digest = package_digest(filing.package)
    remark(session, actor, filing, EXPLAIN, now, note=f"写备注 {len(written)} 条")
    return filing


def _faults(number: str, words: str) -> list[str]:
    faults = [] if len(words) <= LONGEST else [f"编号 {number} 的备注最多 {LONGEST} 字，现在有 {len(words)} 字。"]
    return faults + [
        f"编号 {number} 的备注里有{WORDS[found.kind]}（{found.shown}）。{REMEDIES[found.kind]}"
        for found in private_in(words)
        if found.kind in NEVER
    ]
