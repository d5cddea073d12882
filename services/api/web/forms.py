"""Forms: what was posted, checked by WTForms, and every fault in one list that leads to its field."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, NamedTuple, Self
from uuid import UUID, uuid4

from litestar.datastructures import FormMultiDict, UploadFile
from litestar.di import NamedDependency
from litestar.params import SkipValidation
from sqlalchemy.orm import Session
from wtforms import Form as WTForm
from wtforms.meta import DefaultMeta

from services.api.web.envelope import Asked
from shared.authz.actor import Actor
from shared.domain.errors import Invalid, Refusal
from shared.telemetry.standing import withhold
from shared.usecases.drafts import kept_draft

# What a page puts into its forms beside the person's own words.
KEY, PAGE = "_key", "_page"
# What no line of the log may hold, whatever goes wrong with it.
SECRETS = {"password", "old_password", "new_password", "again_password", "code", "digits", "sign_in", "telephone"}


class Posted:
    """What a browser sent, as WTForms asks for it; also what was typed once and kept as a draft."""

    def __init__(self, fields: FormMultiDict | Mapping[str, Sequence[Any]]) -> None:
        many = fields.dict() if isinstance(fields, FormMultiDict) else fields
        self._fields = {name: list(values) for name, values in many.items()}
        for name in SECRETS & self._fields.keys():
            withhold(self.getlist(name))

    def __contains__(self, name: object) -> bool:
        return name in self._fields

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)

    def getlist(self, name: str) -> list[str]:
        """Return all words sent under this name; a file where words are asked for is nothing."""
        # No keyboard writes U+0000, and PostgreSQL keeps none.
        words = (value for value in self._fields.get(name, []) if isinstance(value, str))
        return [value.replace("\0", "") for value in words]

    def files(self, name: str) -> list[UploadFile]:
        """Return the files chosen under this name."""
        sent = self._fields.get(name, [])
        return [value for value in sent if isinstance(value, UploadFile) and value.filename]

    def one(self, name: str) -> str:
        """Return the first words sent under this name, or nothing."""
        return next(iter(self.getlist(name)), "")

    @property
    def key(self) -> UUID:
        """The key that the page gave this form; a new one where it has none."""
        with suppress(ValueError):
            return UUID(self.one(KEY))
        return uuid4()

    @property
    def page(self) -> str:
        """The address of the page that the form stands on, ours or empty."""
        return local(self.one(PAGE), otherwise="")


class Fault(NamedTuple):
    """What is wrong, in the words that stand at the field as well; `field` is empty for the form as a whole."""

    field: str
    text: str


class Form(WTForm):
    """A form of ours: `key` makes a double click one act, `kept_at` says that it was restored from a draft."""

    class Meta(DefaultMeta):
        """WTForms speaks Chinese where we have not said it better."""

        locales = ("zh",)

    def __init__(self, posted: Posted | None = None, **values: Any) -> None:
        super().__init__(posted, data=values)
        self.key = posted.key if posted else uuid4()
        self.page = posted.page if posted else ""
        self.kept_at: datetime | None = None
        self.refused: list[str] = []

    @classmethod
    def opened(cls, session: Session, actor: Actor, page: str, **values: Any) -> Self:
        """Return the form as its page is opened: with what this person has typed into it before, if anything."""
        kept = kept_draft(session, actor, page)
        if kept is None:
            return cls(**values)
        form = cls(Posted(kept.fields), **values)
        form.kept_at = kept.kept_at
        return form

    def refuse(self, refusal: Refusal) -> None:
        """Show what a use case has refused as the form's own faults."""
        self.refused.extend(refusal.faults if isinstance(refusal, Invalid) else [str(refusal)])

    @property
    def faults(self) -> list[Fault]:
        """Every fault at once: of each field in order, then of the whole."""
        at_fields = [Fault(field.id, str(said)) for field in self for said in field.errors]
        return [*at_fields, *(Fault("", said) for said in self.refused)]


async def provide_sent(request: Asked) -> Posted:
    """Return what was posted."""
    return Posted(await request.form())


def local(address: str, otherwise: str = "/") -> str:
    """Return an address of ours: `//elsewhere` and `/\\elsewhere` lead browsers off the site."""
    if not address.startswith("/") or address[1:2] in {"/", "\\"} or any(ord(sign) < 33 for sign in address):
        return otherwise
    return address


Sent = NamedDependency[SkipValidation[Posted]]
