"""Passwords: what one must be. Long enough, not known to everybody, not the person's own number or name."""

import unicodedata
from collections.abc import Collection

SHORTEST, LONGEST = 8, 128


def normal(password: str) -> str:
    """Return the password as it is kept: the same whichever keyboard typed it. In any script, spaces included."""
    return unicodedata.normalize("NFKC", password)


def faults_of(password: str, common: Collection[str], own: Collection[str]) -> list[str]:
    """Return what is wrong with a password that somebody wants to take; empty where nothing is.

    `common` are the ones tried first by everybody, in lower case; `own` the person's telephone, number and name.
    """
    plain = normal(password)
    faults = []
    if len(plain) < SHORTEST:
        faults.append(f"密码太短：至少 {SHORTEST} 个字，可以用一句自己记得住的话。")
    if len(plain) > LONGEST:
        faults.append(f"密码太长：最多 {LONGEST} 个字。")
    if plain.casefold() in common or (plain and len(set(plain)) < 3):
        faults.append("这个密码太常见，别人很容易猜到，请换一个。")
    if any(_is_mostly(plain, word) for word in own):
        faults.append("密码不能就是自己的电话号码、党员编号或姓名，请换一个。")
    return faults


def _is_mostly(password: str, word: str) -> bool:
    """A password that is the word and no more than three signs besides."""
    bare = normal(word).casefold().replace(" ", "")
    return len(bare) > 1 and bare in password.casefold() and len(password) - len(bare) <= 3
