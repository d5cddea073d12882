"""The panel before administrators of each county: every list, and the rows of their own county and of the next."""

from collections.abc import Iterator

from httpx import Response

from services.admin.app import VIEWS, create_app
from services.admin.scopes import read_for_whom_asks
from shared.db.session import Db
from tests.admin.people import Browser, signed_in
from tests.builders import Branch
from tests.leaks.asking import stripped
from tests.leaks.world import Tenant, World
from tests.usecases.people import SECRET

TABLES = {"book": "issued_book", "look": "history"}


class Panel:
    """The panel over a database."""

    def __init__(self, db: Db, url: str, redis_url: str) -> None:
        """`url` is the panel's own login."""
        self.db, self.shown = db, read_for_whom_asks(url)
        self.app = create_app(db, self.shown, redis_url, SECRET.decode(), secure=True)

    def signed_in(self, county: Tenant, role: str) -> Browser:
        """Return a browser in which one of the county's three administrators has signed in."""
        return signed_in(self.app, self.db, Branch(county.county_id, county.county_id, county.county_id), role)

    def addresses(self, world: World, county: Tenant) -> Iterator[str]:
        """Yield every list, searched for another's mark too, and rows of this county and of the next."""
        yield from ("/", "/tree")
        for view in VIEWS:
            yield from (f"/{view.identity}/list?pageSize=200", f"/{view.identity}/list?search=Qz")
            rows = world.ids.get(TABLES.get(view.identity, view.identity), {})
            for one in (county, world.twin(county)):
                units = [one, *one.below, *one.below[0].below[:1]]
                yield from (f"/{view.identity}/details/{rows[at.unit_id]}" for at in units if at.unit_id in rows)

    def answers(self, browser: Browser, at: str) -> Iterator[Response]:
        """Yield how an address answers, and how it does when its queries have lost their conditions."""
        yield browser.client.get(at)
        with stripped(self.shown.kw["bind"]):
            yield browser.client.get(at)
