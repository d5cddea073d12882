"""Why a service cannot start, in a sentence with its remedy."""

import os
import pwd
import tempfile
from errno import EACCES, EEXIST, ENOENT, ENOSPC, ENOTDIR, EPERM, EROFS
from pathlib import Path

from shared.domain.errors import Refusal

# What a server writes when it gives up, and what that means to the person who started it. First match counts.
MEANINGS = (
    ("could not bind", "端口被别的程序占用，请再启动一次"),
    ("Address already in use", "端口被别的程序占用，请再启动一次"),
    (
        "incompatible with server",
        "数据文件夹是另一个版本的 PostgreSQL 建的，请用原来的版本，或换一个数据文件夹（--data）",
    ),
    ("wrong ownership", "数据文件夹属于别的用户，请用那个用户运行，或换一个数据文件夹（--data）"),
    ("No space left", "磁盘满了，请腾出空间"),
    ("Read-only file system", "磁盘是只读的，请换一个数据文件夹（--data）"),
    ("Permission denied", "数据文件夹里有不可读写的文件，请用它的主人运行，或换一个数据文件夹（--data）"),
    ("shared memory", "内存不够，或旧的 PostgreSQL 还没有退出，请稍候再启动一次"),
    ("Bad file format", "任务队列的文件损坏，请移走数据文件夹里的 valkey 再启动；任务会从数据库补发"),
    ("invalid checkpoint record", "数据库文件损坏，请从备份恢复"),
)
ERRNO = {
    EROFS: "所在的磁盘是只读的",
    EACCES: "没有权限",
    EPERM: "没有权限",
    ENOSPC: "磁盘满了",
    ENOENT: "上一级文件夹不能建立",
    ENOTDIR: "路径里有一段不是文件夹",
    EEXIST: "同名的文件已经存在，它不是文件夹",
}


class CannotStart(Refusal):
    """A service that cannot start; the sentence says why and what to do."""


def explain(service: str, log: Path, since: int) -> CannotStart:
    """Reads what the server wrote into `log` from byte `since` on and puts it into a sentence."""
    text = log.read_bytes()[since:].decode(errors="replace") if log.exists() else ""
    for sign, meaning in MEANINGS:
        if sign in text:
            return CannotStart(f"{service} 没有启动：{meaning}。日志：{log}")
    said = [line for line in text.splitlines() if line.strip()]
    last = next(
        (line for line in reversed(said) if "FATAL" in line or "rror" in line),
        said[-1] if said else "没有说明",
    )
    return CannotStart(f"{service} 没有启动：{last.strip()}。日志：{log}")


def claim_folder(data: Path) -> None:
    """Makes the data folder, 0700, and tries to write in it: a start that cannot succeed says so now."""
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryFile(dir=data):
            pass
    except OSError as fault:
        why = ERRNO.get(fault.errno or 0, fault.strerror or str(fault))
        raise CannotStart(f"数据文件夹 {data} 不能写：{why}。请换一个（--data 或 JIFEN_DATA）。") from fault
    owner = data.stat().st_uid
    if owner != os.geteuid():
        raise CannotStart(
            f"数据文件夹 {data} 属于用户 {name_of(owner)}：请用该用户运行，或换一个（--data 或 JIFEN_DATA）。"
        )


def name_of(uid: int) -> str:
    """The account's name, or its number where it has none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
