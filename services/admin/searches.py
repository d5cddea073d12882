"""Searches: administrators type the words that they read, behind which codes stand: 任命, 2026年第一季度."""

import re

from shared.domain.notifications import TOPICS
from shared.domain.periods import Period
from shared.domain.wording import MACHINES, OTHERS

STEPS = [*OTHERS.items(), *((str(step), word) for words in MACHINES.values() for step, word in words.items())]
CHANNELS = {"dingtalk": "钉钉", "email": "电子邮件", "sms": "短信", "wecom": "企业微信"}
WORDED = {"channel": [*CHANNELS.items()], "command": STEPS, "topic": [*TOPICS.items()]}
WITHIN_A_YEAR = ("", *(f"-Q{n}" for n in range(1, 5)), *(f"-{n:02d}" for n in range(1, 13)))


def codes_of(column: str, typed: str) -> list[str]:
    """Return the codes in a column whose words hold what was typed."""
    if column == "period":
        return _periods(typed)
    return sorted({code for code, word in WORDED.get(column, ()) if typed in word})


def _periods(typed: str) -> list[str]:
    years = re.findall(r"(?:19|20)\d\d", typed)
    periods = (f"{year}{part}" for year in years for part in WITHIN_A_YEAR)
    return [period for period in periods if typed in Period.parse(period).in_words]
