"""Calendars in the panel: the years that are installed; they are the installation's, so a command imports them."""

from services.admin.listings import LABELS, Listing
from services.admin.rows import Calendar


class Calendars(Listing, model=Calendar):
    """The years whose holidays are known."""

    name = name_plural = "放假安排"
    icon = "fa-solid fa-calendar"
    column_list = column_details_list = column_sortable_list = ("year", "source", "installed_at")
    column_labels = LABELS
    column_default_sort = ("year", True)


VIEWS = [Calendars]
