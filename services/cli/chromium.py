"""Chromium for the tests and pictures of pages: found, put in by apt where we are root, or named as missing."""

import os
import shutil
import subprocess
from pathlib import Path

# Debian's shell without a window first: a fifth smaller to fetch, and it runs no window of its own.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
PACKAGED, FONTS = NAMES[:2], "fonts-noto-cjk"
# It runs over pages of ours alone: nothing of its own goes out.
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def found() -> str | None:
    """The browser that JIFEN_CHROMIUM names, or the first on the PATH."""
    named = os.environ.get("JIFEN_CHROMIUM")
    if named:
        return named if Path(named).exists() else None
    return next((path for path in map(shutil.which, NAMES) if path), None)


def install() -> str:
    """Put Chromium in by apt as root on Debian; returns the sentence on why it is still not there, or nothing."""
    if found():
        return ""
    apt = shutil.which("apt-get")
    if os.geteuid() != 0 or apt is None:
        return "没有 Chromium，浏览器测试跳过。请安装 chromium 和 fonts-noto-cjk，或用 JIFEN_CHROMIUM 指明。"
    _apt(apt, "update", "-qq")
    said = ""
    for package in PACKAGED:
        said = _apt(apt, "install", "-y", "-qq", "--no-install-recommends", package, FONTS)
        if not said:
            return ""
    return f"apt-get 没能装上 chromium，浏览器测试跳过：{said}"


def _apt(*argv: str) -> str:
    """Run apt-get; the end of what it said where it failed, or nothing."""
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(
        argv, env=quiet, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    return done.stdout.strip()[-300:] if done.returncode else ""
