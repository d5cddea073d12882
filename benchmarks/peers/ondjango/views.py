"""The same job as a plain view, and through DRF."""

import json

from django.db import transaction
from django.http import JsonResponse
from django.urls import path
from django.utils.dateparse import parse_date
from django.views.decorators.csrf import csrf_exempt
from rest_framework import authentication, exceptions, generics, permissions, serializers

from ondjango.models import Claim, Item, Member, hand_in


def bearer(request):
    """Return whose token this is."""
    return Member.objects.filter(token=request.headers.get("Authorization", "")[7:]).first()


@csrf_exempt
def plain(request):
    """Hand a claim in by a plain view."""
    by = bearer(request)
    if by is None:
        return JsonResponse({}, status=401)
    said = json.loads(request.body)
    item = Item.objects.filter(pk=said["item"]).first()
    day = parse_date(said["happened_on"])
    if item is None or day is None or not 0 < len(said["text"]) <= 500:
        return JsonResponse({}, status=422)
    with transaction.atomic():
        made = hand_in(by, item, day, said["text"])
    if made is None:
        return JsonResponse({}, status=409)
    shown = {"id": made.pk, "item": item.pk, "state": made.state, "filed_at": made.filed_at}
    return JsonResponse(shown, status=201)


class Bearer(authentication.BaseAuthentication):
    """By the same token."""

    def authenticate(self, request):
        """Return who asks."""
        by = bearer(request)
        if by is None:
            raise exceptions.AuthenticationFailed
        return by, None


class ClaimSerializer(serializers.ModelSerializer):
    """A claim as DRF reads and writes it."""

    class Meta:
        """Its fields."""

        model = Claim
        fields = ("id", "item", "happened_on", "text", "state", "filed_at")
        read_only_fields = ("state", "filed_at")


class Claims(generics.CreateAPIView):
    """Claims by DRF."""

    authentication_classes = (Bearer,)
    permission_classes = (permissions.IsAuthenticated,)
    serializer_class = ClaimSerializer

    def perform_create(self, serializer):
        """Hand it in."""
        said = serializer.validated_data
        with transaction.atomic():
            serializer.instance = hand_in(self.request.user, said["item"], said["happened_on"], said["text"])
        if serializer.instance is None:
            raise exceptions.ValidationError


urlpatterns = [path("plain/claims", plain), path("drf/claims", Claims.as_view())]
