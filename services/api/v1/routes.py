"""Routes: every endpoint of the JSON API, in the order in which its documentation lists them."""

from services.api.v1 import (
    boards,
    claims,
    filings,
    items,
    me,
    meetings,
    members,
    notices,
    objections,
    overviews,
    records,
    rounds,
    statements,
)

ENDPOINTS = [
    *me.HANDLERS,
    *statements.HANDLERS,
    *items.HANDLERS,
    *claims.HANDLERS,
    *objections.HANDLERS,
    *boards.HANDLERS,
    *rounds.HANDLERS,
    *records.HANDLERS,
    *notices.HANDLERS,
    *meetings.HANDLERS,
    *members.HANDLERS,
    *filings.HANDLERS,
    *overviews.HANDLERS,
]
