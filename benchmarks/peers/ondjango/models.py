"""The tables of schema.sql as Django has them, and a claim handed in."""

from django.db import models
from django.utils import timezone


class Table(models.Model):
    """A table of schema.sql."""

    class Meta:
        """None of Django's making."""

        abstract = True
        managed = False


class Member(Table):
    """Who claims."""

    unit_id = models.BigIntegerField()
    name = models.TextField()
    role = models.TextField()
    token = models.TextField()
    is_authenticated = True

    class Meta(Table.Meta):
        """Whose table."""

        db_table = "peer_member"


class Round(Table):
    """What is claimed in."""

    unit_id = models.BigIntegerField()
    state = models.TextField()
    first_day = models.DateField()
    last_day = models.DateField()

    class Meta(Table.Meta):
        """Whose table."""

        db_table = "peer_round"


class Item(Table):
    """What is claimed for."""

    id = models.TextField(primary_key=True)
    title = models.TextField()

    class Meta(Table.Meta):
        """Whose table."""

        db_table = "peer_item"


class Claim(Table):
    """What is claimed."""

    unit_id = models.BigIntegerField()
    member = models.ForeignKey(Member, models.PROTECT)
    round = models.ForeignKey(Round, models.PROTECT)
    item = models.ForeignKey(Item, models.PROTECT)
    happened_on = models.DateField()
    text = models.CharField(max_length=500)
    state = models.TextField()
    filed_at = models.DateTimeField()

    class Meta(Table.Meta):
        """Whose table."""

        db_table = "peer_claim"


class Event(Table):
    """What was done with it."""

    claim = models.ForeignKey(Claim, models.PROTECT)
    member = models.ForeignKey(Member, models.PROTECT)
    command = models.TextField()
    before = models.TextField(null=True)
    after = models.TextField()
    at = models.DateTimeField()

    class Meta(Table.Meta):
        """Whose table."""

        db_table = "peer_event"


def hand_in(by, item, happened_on, text):
    """Hand a claim in, in the transaction that is open; None where no round takes it."""
    round_ = Round.objects.filter(
        unit_id=by.unit_id, state="collecting", first_day__lte=happened_on, last_day__gte=happened_on
    ).first()
    if round_ is None:
        return None
    now = timezone.now()
    made = Claim.objects.create(
        unit_id=by.unit_id, member=by, round=round_, item=item, happened_on=happened_on, text=text,
        state="submitted", filed_at=now,
    )  # fmt: skip
    Event.objects.create(claim=made, member=by, command="submit", before="draft", after="submitted", at=now)
    return made
