"""`jifen sbom`: what the product is made of, as a CycloneDX list: each package, its digests, its licence."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import click

from shared.config import ROOT

LOCK = ROOT / "requirements.lock"
_LOCKED = re.compile(r"^([a-z0-9][\w.-]*)==([^\s;\\]+)([^\n]*(?:\n[ ]+--hash=[^\n]+)*)", re.MULTILINE)
_DIGEST = re.compile(r"--hash=sha256:([0-9a-f]{64})")
# What packages call their licence where they do not say it as SPDX does.
SPDX: Mapping[str, str] = {
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}


@dataclass(frozen=True, slots=True)
class Package:
    """A package of the lock; `licence` is an SPDX expression, None where it is not for this machine."""

    name: str
    version: str
    digests: tuple[str, ...]
    licence: str | None


@click.command("sbom")
@click.argument("file", type=click.Path(path_type=Path))
def command(file: Path) -> None:
    """把用到的每一个包（版本、校验码、许可）写成 CycloneDX 清单（JSON）；内容只由锁文件决定。"""
    locked = LOCK.read_text("utf-8")
    file.write_text(json.dumps(listed(locked), ensure_ascii=False, indent=1) + "\n", "utf-8")
    click.echo(f"已写入 {file}：{len(list(packages(locked)))} 个包。")


def packages(locked: str) -> Iterator[Package]:
    """Yield what a lock holds, in its order."""
    for name, version, rest in _LOCKED.findall(locked):
        yield Package(name, version, tuple(_DIGEST.findall(rest)), licence_of(name))


def licence_of(name: str) -> str | None:
    """Return under what an installed package may be used, None where it is not installed here."""
    try:
        said = metadata(name)
    except PackageNotFoundError:
        return None
    if "License-Expression" in said:
        return said["License-Expression"]
    classified = said.get_all("Classifier") or []
    named = [one.rpartition(" :: ")[2] for one in classified if one.startswith("License ::")]
    named = named or [said["License"].partition("\n")[0] if "License" in said else ""]
    return " OR ".join(SPDX.get(one, one) for one in named)


def listed(locked: str) -> dict[str, Any]:
    """Return the list; the same lock gives the same list on every machine that has installed it."""
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid5(NAMESPACE_URL, sha256(locked.encode()).hexdigest())}",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "jifen", "bom-ref": "jifen"}},
        "components": [_component(one) for one in packages(locked)],
    }


def _component(one: Package) -> dict[str, Any]:
    purl = f"pkg:pypi/{one.name}@{one.version}"
    component: dict[str, Any] = {"type": "library", "bom-ref": purl, "name": one.name, "version": one.version}
    component["purl"] = purl
    # Of each of the package's files, that of every platform: any of them may have been installed.
    component["hashes"] = [{"alg": "SHA-256", "content": digest} for digest in one.digests]
    if one.licence:
        component["licenses"] = [{"expression": one.licence}]
    return component
