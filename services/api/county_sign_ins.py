"""A county's own sign-in: led there, and taken back."""

from litestar import get
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import FromQuery, SkipValidation
from litestar.response import Redirect

from services.api.web.acts import to
from services.api.web.doors import Door
from services.api.web.forms import local
from services.api.web.permissions import OPEN
from shared.domain.errors import NotNow
from shared.usecases.county_sign_ins import CountyProvider, lead_there, returned, sign_in_from_county

STATE = "county_state"
County = NamedDependency[SkipValidation[CountyProvider | None]]


@get("/sign-in/county", opt=OPEN, sync_to_thread=True)
def go(door: Door, county: County, back: FromQuery[str] = "/") -> Redirect:
    """Lead to the county's own sign-in, where the installation has one, and from there to `back`."""
    if county is None:
        return to("/sign-in")
    address, state = lead_there(county, door.cache, local(back))
    # Lax: it comes back by a link from elsewhere.
    kept = Cookie(key=STATE, value=state, path="/", max_age=600, httponly=True, secure=door.secure, samesite="lax")
    return Redirect(address, status_code=303, cookies=[kept])


@get("/sign-in/county/back", opt=OPEN, sync_to_thread=True)
def come_back(door: Door, county: County, code: FromQuery[str] = "") -> Redirect:
    """Take somebody back whom the county has recognised, to the page on which they were."""
    if county is None:
        return to("/sign-in")
    kept, state = door.request.cookies.get(STATE, ""), door.request.query_params.get("state", "")
    came = returned(county, door.cache, kept, state, code)
    with door.db.begin() as session:
        opened = sign_in_from_county(session, county, came.claims, door.device)
    if opened is None:
        raise NotNow("县统一登录认识您，但这里没有对应的账号，请联系所在支部。")
    return door.onward(opened, came.back)


HANDLERS = [go, come_back]
