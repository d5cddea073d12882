"""Every table of the product, gathered, so that the metadata is whole whoever asks for it."""

from shared.db import (
    accounts,
    calendars,
    claims,
    clock,
    deadlines,
    witnesses,
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
    proxies,
    reports,
    rounds,
    rules,
    sign_ins,
    units,
    witnesses,
)

METADATA = Table.metadata
