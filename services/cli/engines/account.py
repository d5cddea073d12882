"""As whom PostgreSQL runs: it refuses root, and nothing on the machine may be opened up to please it."""

import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from services.cli.engines.binaries import postgres_folder

UNSHARE = ("unshare", "--user", "--map-user=1000", "--map-group=1000", "--")
# Only for root without user namespaces (a container's default, a chroot): what `nobody` may read and write.
NOBODYS_HOME = Path("/var/lib/jifen")


@dataclass(frozen=True, slots=True)
class Account:
    """How to run PostgreSQL's binaries: from `folder`, behind `prefix`, as `ids` (None: as we are)."""

    folder: Path
    prefix: tuple[str, ...] = ()
    ids: tuple[int, int] | None = None

    def argv(self, program: str, *arguments: str) -> tuple[str, ...]:
        """The command line of one of PostgreSQL's programs."""
        return (*self.prefix, str(self.folder / program), *arguments)

    def run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs one of PostgreSQL's programs to its end; what it says, errors too, is in `stdout`."""
        return self._as_it(self.argv(program, *arguments))

    def can(self, *argv: str) -> bool:
        """Whether a harmless command ends well under this account."""
        try:
            return self._as_it(argv).returncode == 0
        except OSError:
            return False

    def _as_it(self, argv: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
        uid, gid = self.ids or (None, None)
        return subprocess.run(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, "LC_ALL": "C"},
            text=True,
            user=uid,
            group=gid,
            extra_groups=None if uid is None else [],
            cwd="/",
            check=False,
        )

    def own(self, path: Path) -> None:
        """Gives a file or folder of ours to the account."""
        if self.ids:
            os.chown(path, *self.ids)

    def home(self, data: Path) -> Path:
        """Where the cluster lies: in the data folder, or beside the binaries if `nobody` cannot reach that."""
        home = data / "postgres"
        if self.ids is None or home.is_symlink():
            return home.resolve()
        # Passing through is all that it lets anybody do: what lies in the folder is private by itself.
        data.chmod(0o711)
        home.mkdir(exist_ok=True, mode=0o700)
        self.own(home)
        if self.can("test", "-w", str(home)):
            return home
        home.rmdir()
        NOBODYS_HOME.mkdir(parents=True, exist_ok=True)
        reachable = Path(tempfile.mkdtemp(prefix="data-", dir=NOBODYS_HOME))
        self.own(reachable)
        home.symlink_to(reachable)
        return reachable


def choose() -> Account:
    """As we are; root inside a user namespace, where files stay root's; else root as `nobody`."""
    plain = Account(postgres_folder())
    if os.geteuid() != 0:
        return plain
    inside = replace(plain, prefix=UNSHARE)
    if inside.can(*inside.argv("postgres", "--version")):
        return inside
    nobody = pwd.getpwnam("nobody")
    lowered = replace(plain, ids=(nobody.pw_uid, nobody.pw_gid))
    if lowered.can(*lowered.argv("postgres", "--version")):
        return lowered
    return replace(lowered, folder=readable_copy(plain.folder))


def readable_copy(folder: Path) -> Path:
    """Copies the wheel's tree to where `nobody` can read it, in the layout that the libraries' rpath needs."""
    package = folder.parent.parent
    version = sha256(f"{package}{(folder / 'postgres').stat().st_mtime_ns}".encode()).hexdigest()[:12]
    copy = NOBODYS_HOME / f"postgresql-{version}"
    if not copy.exists():
        making = copy.with_suffix(f".{os.getpid()}")
        unneeded = shutil.ignore_patterns("include", "*.a", "__pycache__")
        shutil.copytree(folder.parent, making / package.name / folder.parent.name, ignore=unneeded)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, making / libraries.name)
        for path in (NOBODYS_HOME, making, *making.rglob("*")):
            path.chmod(path.stat().st_mode | (0o555 if path.is_dir() else 0o444))
        making.rename(copy)
    return copy / package.name / folder.parent.name / folder.name
