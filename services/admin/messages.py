"""Messages in the panel: the outbox, what does not arrive, what was told; never to whom or in which words."""

from typing import Any

from sqlalchemy import Select, select
from starlette.requests import Request

from services.admin.listings import LABELS, WORDS, Choice, Listing, in_words, named
from services.admin.rows import Delivery, Message, Notification
from shared.domain.notifications import TOPICS


def _topic(row: Any, _: Any) -> str:
    return TOPICS.get(row.topic) or WORDS.get(row.topic, row.topic)


class Outbox(Listing, model=Message):
    """The messages, with how often each was sent."""

    name = name_plural = "发件箱"
    icon = "fa-solid fa-envelope"
    column_list = ("unit_name", "topic", "state", "made_at", "sent_at", "done_at", "attempts")
    column_details_list = (*column_list, "next_at", "id")
    column_searchable_list = ("unit_name", "topic")
    column_sortable_list = column_list
    column_default_sort = ("made_at", True)
    column_filters = (Choice("state", named("unsent", "sent", "stuck", "done")),)
    column_formatters = column_formatters_detail = {"state": in_words(), "topic": _topic}


class Undelivered(Listing, model=Delivery):
    """What could not be delivered by any channel, however often it was tried."""

    name = name_plural = "没有送出的"
    icon = "fa-solid fa-triangle-exclamation"
    column_list = ("unit_name", "channel", "state", "due_at", "attempts")
    column_details_list = (*column_list, "done_at", "id")
    column_searchable_list = ("unit_name", "channel")
    column_sortable_list = column_list
    column_default_sort = ("due_at", True)
    column_formatters = column_formatters_detail = {"state": in_words(), "channel": in_words()}

    def list_query(self, request: Request) -> Select[Any]:  # noqa: ARG002 - asked so by sqladmin
        """Return the dead letters alone."""
        return select(Delivery).where(Delivery.state == "failed")


class Notifications(Listing, model=Notification):
    """That somebody was told something, and whether they have seen it."""

    name = name_plural = "通知"
    icon = "fa-solid fa-bell"
    column_list = ("unit_name", "topic", "state", "made_at", "seen_at")
    column_details_list = (*column_list, "id")
    column_searchable_list = ("unit_name", "topic")
    column_sortable_list = column_list
    column_default_sort = ("made_at", True)
    column_filters = (Choice("topic", TOPICS), Choice("state", named("unseen", "seen")))
    column_labels = LABELS
    column_formatters = column_formatters_detail = {"state": in_words(), "topic": _topic}


VIEWS = [Outbox, Undelivered, Notifications]
