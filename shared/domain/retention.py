"""Retention: how long files are kept once what they prove is over, and by which rule they have gone."""

from datetime import date

from shared.domain.periods import day_in_words

# A year after the last step: long enough for the year's appraisal, its appeals and the county's sampling.
USUAL_DAYS = 365
SHORTEST_DAYS, LONGEST_DAYS = 180, 3650


def term_faults(days: int | None, basis: str) -> list[str]:
    """Return why files may not be kept for so many days after the end, each as a sentence."""
    faults = []
    if days is None or not SHORTEST_DAYS <= days <= LONGEST_DAYS:
        faults.append(f"保存的天数应在 {SHORTEST_DAYS} 到 {LONGEST_DAYS} 之间：太短，申诉和抽查时就没有材料了。")
    if not basis.strip():
        faults.append("请写明依据，例如“县委组织部〔2026〕12号”。")
    return faults


def by_term(days: int) -> str:
    """Return the rule under which a file has gone when its time was over."""
    return f"办结满 {days} 天"


def by_request(asked_on: date) -> str:
    """Return the rule under which a file has gone because whoever it is about has asked for it."""
    return f"本人{day_in_words(asked_on)}申请，支部同意"
