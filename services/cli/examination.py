"""What was looked at in an installation, how it is, and the sentence with the remedy; and what a machine shows."""

import contextlib
import json
import shutil
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from secrets import token_bytes
from urllib.error import URLError
from urllib.request import urlopen

from services.cli.engines.faults import CannotStart
from services.cli.site import require_free
from shared.config import Settings
from shared.domain.errors import Refusal
from shared.papers.fonts import fault, fonts
from shared.stores.evidence import store_of
from shared.stores.shelves import Unreachable

GIB = 1 << 30
TOO_LITTLE, LITTLE = GIB, 5 * GIB
PRIVATE = ("secret", "secrets.json", "running.json")
SHORTEST_SECRET = 32
ANSWERS_WITHIN_S = 5.0
# A backup leaves the instant here; a week without one is too long.
LAST_BACKUP, BACKUP_DAYS = "backed-up", 7


class Grade(StrEnum):
    """How a thing is: well, worth knowing, or wrong."""

    WELL = "正常"
    NOTE = "留意"
    WRONG = "不对"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    what: str
    grade: Grade
    said: str


def well(what: str, said: str) -> Finding:
    """It is as it should be."""
    return Finding(what, Grade.WELL, said)


def wrong(what: str, said: str) -> Finding:
    """It is not; the sentence says what to do."""
    return Finding(what, Grade.WRONG, said)


def folder(data: Path) -> Iterator[Finding]:
    """The data folder: there, with room, and what is secret in it closed to others."""
    if not data.is_dir():
        yield wrong("数据文件夹", f"没有 {data}：请用 --data 指明，或先运行 jifen up。")
        return
    yield room(data, shutil.disk_usage(data).free)
    kept = [path for path in map(data.joinpath, PRIVATE) if path.exists()]
    if kept:
        yield closed(data, kept)


def closed(data: Path, kept: Sequence[Path]) -> Finding:
    """Whether what is secret in the folder is its owner's alone; in a container nothing is kept there."""
    others = [path for path in kept if mode(path) & 0o077]
    if others:
        named = "、".join(path.name for path in others)
        return wrong("密码文件", f"别的用户能读 {named}：请运行 chmod 600 {' '.join(map(str, others))}")
    if mode(data) & 0o066:
        return wrong("密码文件", f"别的用户能看数据文件夹：请运行 chmod 700 {data}")
    return well("密码文件", "只有主人能读。")


def room(data: Path, free: int) -> Finding:
    """How much the disk still takes; `free` in bytes."""
    said = f"{data} 所在的磁盘还有 {free / GIB:.1f} GB。"
    if free < TOO_LITTLE:
        return wrong("磁盘", f"{said}请马上腾出空间，写满后谁都不能办事。")
    if free < LITTLE:
        return Finding("磁盘", Grade.NOTE, f"{said}请腾出空间。")
    return well("磁盘", said)


def mode(path: Path) -> int:
    """A file's permissions."""
    return stat.S_IMODE(path.stat().st_mode)


def secret(given: Settings) -> Iterator[Finding]:
    """A secret from the environment is long enough; the one in the data folder always is."""
    if given.secret is not None and len(given.secret) < SHORTEST_SECRET:
        yield wrong("密钥", f"JIFEN_SECRET 不到 {SHORTEST_SECRET} 个字：请换成 openssl rand -hex 32 给出的。")


def evidence(given: Settings) -> Finding:
    """The store takes a file, gives it back and lets it go."""
    content = token_bytes(16)
    digest = sha256(content).hexdigest()
    try:
        shelf = store_of(given).shelf
        shelf.put(digest, content)
        kept = shelf.get(digest)
        shelf.remove(digest, datetime.now(UTC) + timedelta(days=1))
    except (Unreachable, OSError, Refusal) as fault:
        return wrong("附件", f"附件存不下来：{fault}。请检查 JIFEN_EVIDENCE、权限和存储服务。")
    if kept != content:
        return wrong("附件", "存下的附件读出来不一样：请检查 JIFEN_EVIDENCE 所指的存储。")
    return well("附件", "能存、能读、能删。")


def printing(given: Settings) -> Finding:
    """A Chinese font for the papers; a substitute for the official faces will do, and is said."""
    missing = fault(given.fonts)
    if missing:
        return wrong("打印", missing)
    return well("打印", fonts(given.fonts).substitutes or "小标宋、仿宋、宋体、黑体都有。")


def pages(given: Settings, running: bool) -> Iterator[Finding]:
    """What answers at our ports: we, while we run; nobody, while we do not."""
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(given.host, given.host)  # noqa: S104 - asked, not bound
    if running:
        yield answer(f"http://{host}:{given.port}/health/ready")
        return
    for port in (given.port, given.admin_port):
        try:
            require_free(given.host, port)
        except CannotStart as taken:
            yield wrong("端口", str(taken))


def answer(url: str) -> Finding:
    """What the pages say of themselves."""
    try:
        with urlopen(url, timeout=ANSWERS_WITHIN_S):  # noqa: S310 - http, our own
            return well("页面", "能打开。")
    except URLError as fault:
        faults: list[str] = []
        with contextlib.suppress(AttributeError, ValueError):
            said = json.loads(fault.read())["checks"]  # type: ignore[attr-defined] # an HTTPError has a body
            faults = [sentence for sentence in said.values() if sentence != "ok"]
    except OSError:
        faults = []
    return wrong(
        "页面",
        "".join(faults)
        or f"{url} 没有回答：在别处就用 --host、--port 指明，不然请看 logs/api.log，再运行 ./jifen up。",
    )


def backed_up(data: Path, now: datetime) -> Finding:
    """When `jifen backup` last ran to its end here; what others back up with is not known."""
    stamp = data / LAST_BACKUP
    if not stamp.exists():
        return Finding("备份", Grade.NOTE, "这里还没有用 jifen backup 备份过；用别的办法备份的，不用管这一条。")
    days = (now - datetime.fromisoformat(stamp.read_text().strip())).days
    if days > BACKUP_DAYS:
        return wrong("备份", f"最近一次是 {days} 天以前：请每天运行 jifen backup，存到另一台机器上。")
    return well("备份", f"最近一次在 {days} 天以内。" if days else "一天以内备份过。")
