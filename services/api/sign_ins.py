"""Signing in: by password, by a code told in person, by a card; the second factor; and out."""

from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.datastructures import Cookie
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from sqlalchemy.orm import Session
from wtforms import PasswordField, StringField

from services.api.county_sign_ins import County
from services.api.web.acts import to
from services.api.web.checks import filled
from services.api.web.doors import Door
from services.api.web.envelope import Asked
from services.api.web.forms import Form, Sent, local
from services.api.web.pages import page
from services.api.web.permissions import OPEN, SIGNED_IN
from services.api.web.sessions import COOKIE, Guest, Who
from shared.domain.accounts import sign_in_name
from shared.usecases.accounts import sign_in
from shared.usecases.browsers import Opened, sign_out
from shared.usecases.cards import sign_in_with_card, sign_in_with_code
from shared.usecases.factors import give_code

WRONG_PASSWORD = "电话号码（党员编号）或密码不对，请核对后再试。"  # noqa: S105 - a sentence
WRONG_CODE = "验证码不对，或者已经用过。每个码只能用一次，请换一个再试。"
WRONG_HANDED = "电话号码（党员编号）或登录码不对，或者登录码已经用过、过了 15 分钟。"
WRONG_CARD = "数字不对，或者这张卡已经换过新卡，或者您有职务，要用密码登录。"


class NameForm(Form):
    """Who somebody says they are."""

    sign_in = StringField(
        "电话号码或党员编号",
        [filled("请填写电话号码或党员编号")],
        description="党员编号和别处重复时，前面加单位编码，例如 tp-sg-001。",
        render_kw={"autocomplete": "username", "maxlength": 60},
    )


class PasswordForm(NameForm):
    """With a password."""

    password = PasswordField(
        "密码", [filled("请填写密码")], render_kw={"autocomplete": "current-password", "maxlength": 200}
    )


class HandedForm(NameForm):
    """With a code that an officer has told them."""

    code = StringField(
        "登录码",
        [filled("请填写支部当面告诉您的 8 位登录码")],
        description="支部工作人员当面告诉您的 8 位数字，15 分钟内有效，只能用一次。",
        render_kw={"inputmode": "numeric", "autocomplete": "one-time-code", "maxlength": 20},
    )


class CodeForm(Form):
    """The second factor."""

    code = StringField(
        "验证码",
        [filled("请填写验证码")],
        description="手机验证码应用里的 6 位数字；没有手机的，填一次性密码单上没有用过的一个，或者一个恢复码。",
        render_kw={"inputmode": "numeric", "autocomplete": "one-time-code", "maxlength": 20},
    )


class CardForm(Form):
    """What the holder of a card knows."""

    digits = StringField(
        "电话号码的最后四位",
        [filled("请填写电话号码的最后四位")],
        description="没有登记电话的，填党员编号的最后四位，不足四位的全部填写。",
        render_kw={"inputmode": "numeric", "autocomplete": "off", "maxlength": 8},
    )


@get("/sign-in", opt=OPEN, sync_to_thread=True)
def sign_in_page(
    request: Asked, guest: Guest, county: County, back: FromQuery[str] = "/", kept: FromQuery[str] = ""
) -> Response[str] | Redirect:
    """Ask who somebody is; say so where what they were typing has been kept for them."""
    if guest is not None and not guest.signed_in.awaits:
        return to(local(back))
    return _ask(request, "sign_in", PasswordForm(), back, kept=bool(kept), county=county)


@post("/sign-in", opt=OPEN, sync_to_thread=True)
def sign_in_with_password(request: Asked, door: Door, county: County, sent: Sent) -> Response[str] | Redirect:
    """Sign in by name and password."""
    form, back = PasswordForm(sent), sent.one("back")
    name, password = str(form.sign_in.data), str(form.password.data)

    def way(session: Session, device: str) -> Opened | None:
        return sign_in(session, name, password, device)

    opened = door.tried(form, sign_in_name(name), WRONG_PASSWORD, way)
    if opened is not None:
        return door.onward(opened, back)
    return _ask(request, "sign_in", form, back, 422, kept=False, county=county)


@get("/sign-in/handed", opt=OPEN, sync_to_thread=True)
def handed_page(request: Asked, back: FromQuery[str] = "/") -> Response[str]:
    """Ask for a code that was told in person."""
    return _ask(request, "handed", HandedForm(), back)


@post("/sign-in/handed", opt=OPEN, sync_to_thread=True)
def sign_in_handed(request: Asked, door: Door, sent: Sent) -> Response[str] | Redirect:
    """Sign in by name and such a code."""
    form, back = HandedForm(sent), sent.one("back")
    name, code = str(form.sign_in.data), str(form.code.data)

    def way(session: Session, device: str) -> Opened | None:
        return sign_in_with_code(session, door.secret, name, code, device)

    opened = door.tried(form, sign_in_name(name), WRONG_HANDED, way)
    return door.onward(opened, back) if opened else _ask(request, "handed", form, back, 422)


@get("/card/{token:str}", opt=OPEN, sync_to_thread=True)
def card_page(request: Asked, token: FromPath[str]) -> Response[str]:
    """Ask the holder of a card for what they know; whose card it is is not said."""
    return _ask(request, "card", CardForm(), "/", token=token)


@post("/card/{token:str}", opt=OPEN, sync_to_thread=True)
def sign_in_by_card(request: Asked, door: Door, sent: Sent, token: FromPath[str]) -> Response[str] | Redirect:
    """Sign in by a card."""
    form = CardForm(sent)

    def way(session: Session, device: str) -> Opened | None:
        return sign_in_with_card(session, token, str(form.digits.data), device)

    opened = door.tried(form, f"card {token}", WRONG_CARD, way)
    return door.onward(opened) if opened else _ask(request, "card", form, "/", 422, token=token)


@get("/sign-in/code", opt=SIGNED_IN, sync_to_thread=True)
def code_page(request: Asked, who: Who, back: FromQuery[str] = "/") -> Response[str] | Redirect:
    """Ask for the second factor."""
    return _ask(request, "code", CodeForm(), back) if who.signed_in.awaits == "code" else to(local(back))


@post("/sign-in/code", opt=SIGNED_IN, sync_to_thread=True)
def sign_in_code(request: Asked, door: Door, who: Who, sent: Sent) -> Response[str] | Redirect:
    """Give the second factor."""
    form, back = CodeForm(sent), sent.one("back")

    def way(session: Session, _: str) -> Opened | None:
        return give_code(session, door.secret, who.token, str(form.code.data))

    opened = door.tried(form, f"code {who.signed_in.person_id}", WRONG_CODE, way)
    return door.onward(opened, back) if opened else _ask(request, "code", form, back, 422)


@post("/sign-out", opt=OPEN, sync_to_thread=True)
def leave(door: Door, sent: Sent) -> Redirect:
    """Sign out: the token ends here on the server, whatever becomes of the cookie; `back` is where they go on."""
    with door.db.begin() as session:
        sign_out(session, door.request.cookies.get(COOKIE, ""))
    gone = Cookie(key=COOKIE, value="", path="/", max_age=0, httponly=True, samesite="lax")
    again = f"?{urlencode({'back': local(sent.one('back')), 'kept': 'yes'})}" if sent.one("back") else ""
    return Redirect(f"/sign-in{again}", status_code=303, cookies=[gone])


def _ask(
    request: Asked, template: str, form: Form, back: str, status: int = 200, **context: object
) -> Response[str]:
    return page(request, f"sign_ins/{template}.html", status, form=form, back=local(back), **context)


HANDLERS = [
    sign_in_page,
    sign_in_with_password,
    handed_page,
    sign_in_handed,
    card_page,
    sign_in_by_card,
    code_page,
    sign_in_code,
    leave,
]
