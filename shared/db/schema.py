"""Every table of the product, gathered, so that the metadata is whole whoever asks for it."""

from importlib import import_module
from pathlib import Path

from shared.db.base import Table

# Each file of this room, whatever it holds: kept by hand, the list had to be written twice, and once was not.
ROOMS = tuple(
    import_module(f"shared.db.{file.stem}")
    for file in sorted(Path(__file__).parent.glob("[a-z]*.py"))
    if file != Path(__file__)
)

METADATA = Table.metadata
