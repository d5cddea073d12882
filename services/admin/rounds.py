"""Rounds in the panel: where each stands, under which version; nobody's points."""

from services.admin.listings import Choice, Listing, in_words, period, states_of
from services.admin.rows import Round


class Rounds(Listing, model=Round):
    """The rounds of the branches."""

    name = name_plural = "各期积分"
    icon = "fa-solid fa-rotate"
    column_list = ("unit_name", "period", "state", "book", "version", "claims_close_at")
    column_details_list = (*column_list, "first_day", "last_day", "id")
    column_searchable_list = ("unit_name", "period", "book")
    column_sortable_list = ("unit_name", "period", "state", "claims_close_at")
    column_default_sort = ("period", True)
    column_filters = (Choice("state", states_of("round")),)
    column_formatters = column_formatters_detail = {"state": in_words("round"), "period": period}


VIEWS = [Rounds]
