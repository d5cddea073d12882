"""The same job as a flow of viewflow: a claim handed in, approved."""

import time

from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_date
from viewflow import this
from viewflow.workflow import flow
from viewflow.workflow.models import Process, Task

from ondjango.models import Claim, Event, Item, Member, hand_in


class ClaimFlow(flow.Flow):
    """A claim as a flow: handed in, approved."""

    process_class = Process
    start = flow.StartHandle(this.begin).Next(this.approve)
    approve = flow.Handle(this.approved).Next(this.end)
    end = flow.End()

    def begin(self, activation, claim):
        """Begin with a claim that was handed in."""
        activation.process.data = {"claim": claim.pk}

    def approved(self, activation):
        """Accept it."""
        claim = Claim.objects.select_for_update().get(pk=activation.process.data["claim"])
        claim.state = "accepted"
        claim.save(update_fields=["state"])
        Event.objects.create(
            claim=claim, member_id=1, command="accept", before="submitted", after="accepted", at=timezone.now()
        )


def steps(number):
    """Take so many claims through the flow and return how many steps a second that were: two each."""
    by, item = Member.objects.get(pk=1), Item.objects.get(pk="D-B1")
    begun = time.perf_counter()
    for _ in range(number):
        with transaction.atomic():
            ClaimFlow.start.run(claim=hand_in(by, item, parse_date("2026-03-02"), "代办群众事项"))
        task = Task.objects.filter(flow_task=ClaimFlow.approve, status="NEW").latest("pk")
        ClaimFlow.approve.run(task)
    return 2 * number / (time.perf_counter() - begun)
