"""Filings in the panel: which package is where, and since when; not what is in it."""

from services.admin.listings import Choice, Listing, in_words, period, states_of
from services.admin.rows import Filing


class Filings(Listing, model=Filing):
    """The packages."""

    name = name_plural = "备案"
    icon = "fa-solid fa-box-archive"
    column_list = ("unit_name", "to_unit_name", "period", "state", "due_at", "submitted_at", "filed_at")
    column_details_list = (*column_list, "received_at", "number", "edition", "id")
    column_searchable_list = ("unit_name", "to_unit_name", "period")
    column_sortable_list = column_list
    column_default_sort = ("due_at", True)
    column_filters = (Choice("state", states_of("filing")),)
    column_formatters = column_formatters_detail = {"state": in_words("filing"), "period": period}


VIEWS = [Filings]
