"""Masking: what may stand in a log of what others have written: no secret, no number of a person, no line end."""

import re
from collections.abc import Collection, Sequence

HIDDEN = "***"
LONGEST = 10_000
# What ends a line, moves a cursor, colours a terminal, or turns the direction in which one reads.
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
_KEYS = (
    "pass(?:word|wd|phrase)|pwd|secret|token|cookie|authorization|credential|api_?key|t?otp|digits|recovery|seed"
    "|sign_in|telephone|phone|mobile|密码|口令|验证码|恢复码|登录码|令牌|电话|手机|身份证"
)
_QUOTED = r"""\[[^\]]*\]|b?"(?:[^"\\]|\\.)*"|b?'(?:[^'\\]|\\.)*'"""
_RULES = (
    # All that a header of these names holds.
    (re.compile(r"(?i)\b((?:set-)?cookie|authorization)(\s*:\s*).*"), r"\1\2" + HIDDEN),
    # Who a service is entered as.
    (re.compile(r"://[^\s/@]*@"), f"://{HIDDEN}@"),
    # What is asked for: names, numbers and tokens stand in addresses.
    (re.compile(r"\?[^\s?\"'<>=]{1,100}=[^\s\"'<>]*"), f"?{HIDDEN}"),
    (
        re.compile(
            rf"(?i)((?:{_KEYS})[\w-]{{0,20}}[\"')]?\s{{0,3}}(?:=>|[:=：])\s{{0,3}})(?:{_QUOTED}|[^\s,;&)}}\]]+)"
        ),
        r"\1" + HIDDEN,
    ),
    # A code that is asked for once: by its name alone, since six digits may be anything.
    (re.compile(r"(?i)\b(code[\"']?\s{0,3}[:=]\s{0,3}[\[\"']{0,2})\d{4,8}"), r"\1" + HIDDEN),
    (re.compile(r"(?i)\b(bearer\s{1,3})\S+"), r"\1" + HIDDEN),
    (re.compile(r"\bjf_\w+"), HIDDEN),
    (re.compile(r"[\w.+-]{1,64}@(?=[\w-]{1,64}\.\w)"), f"{HIDDEN}@"),
)
_UUID = "[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"
_NUMBERS = re.compile(
    # What we number things with is let stand, and how many seconds something took; nobody is called by it.
    rf"(?P<ours>{_UUID}|(?<![\w.])\d{{1,6}}\.\d{{1,20}}s\b)"
    # A telephone number however it is grouped, a landline, an identity card or an account: eleven digits and more.
    r"|(?<!\d)1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)|(?<!\d)0\d{2,3}[- ]\d{7,8}(?!\d)|\d{11,}[Xx]?"
    # As long as a token of ours is; a name as long as that has no digits.
    r"|(?<![\w=-])(?=[A-Za-z_=-]{0,60}\d)[\w=-]{40,}"
)


def one_line(said: str) -> str:
    """Return a text with whatever does not show written out: it cannot end a line or begin another's."""
    return _UNSEEN.sub(_written_out, said)


def masked(said: str, withheld: Collection[str] = ()) -> str:
    """Return a text on one line without what is personal or secret in it, or `withheld`."""
    return _hidden(one_line(said), sorted(map(one_line, withheld), key=len, reverse=True))[:LONGEST]


def _hidden(said: str, withheld: Sequence[str]) -> str:
    for typed in withheld:
        said = said.replace(typed, HIDDEN)
    for pattern, instead in _RULES:
        said = pattern.sub(instead, said)
    return _NUMBERS.sub(lambda found: found["ours"] or HIDDEN, said)


def _written_out(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode("ascii")
