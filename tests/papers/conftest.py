"""Fonts on this machine: what prints is skipped, by name, where there is no Chinese one and none can be put in."""

import pytest

from services.cli import chromium
from shared.papers.fonts import fault


@pytest.fixture(scope="session")
def fonts() -> None:
    """A Chinese font; it comes in the same step as Chromium."""
    if fault():
        chromium.install()
    if missing := fault():
        pytest.skip(missing)
