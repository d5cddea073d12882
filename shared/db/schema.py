"""Every table of the product, gathered, so that the metadata is whole whoever asks for it."""

from shared.db import (
    calendars,
    claims,
    clock,
    deadlines,
    drafts,
    filings,
    history,
    ledger,
    meetings,
    members,
    messages,
    notices,
    objections,
    openings,
    outcomes,
    reports,
    rounds,
    rules,
    units,
    witnesses,
)
from shared.db.base import Table

ROOMS = (
    calendars,
    claims,
    clock,
    deadlines,
    drafts,
    filings,
    history,
    ledger,
    meetings,
    members,
    messages,
    notices,
    objections,
    openings,
    outcomes,
    reports,
    rounds,
    rules,
    units,
    witnesses,
)

METADATA = Table.metadata
