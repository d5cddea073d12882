"""One's own account: the password, the second factor, the browsers in which one is signed in."""

from uuid import UUID

import segno
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from sqlalchemy.orm import Session
from wtforms import PasswordField

from services.api.sign_ins import WRONG_CODE, CodeForm
from services.api.web.acts import to
from services.api.web.checks import filled
from services.api.web.doors import Door
from services.api.web.envelope import Asked
from services.api.web.forms import Form, Sent, local
from services.api.web.pages import page
from services.api.web.permissions import SIGNED_IN
from services.api.web.sessions import Db, Who
from shared.domain.errors import Invalid
from shared.usecases.accounts import set_password
from shared.usecases.browsers import Opened, end_sign_in, own_sign_ins
from shared.usecases.factors import begin_totp, confirm_totp, factor_of, give_up_totp
from shared.usecases.sign_ins import recognise

GONE = "登录已经结束，请重新登录。"


class NewPasswordForm(Form):
    """A new password; the old one, but of who has come by a code told in person."""

    old_password = PasswordField("现在的密码", render_kw={"autocomplete": "current-password", "maxlength": 200})
    new_password = PasswordField(
        "新密码",
        [filled("请填写新密码")],
        description="至少 8 个字，可以用一句自己记得住的话，中文也可以；不要用电话号码、编号或姓名。",
        render_kw={"autocomplete": "new-password", "maxlength": 200},
    )
    again_password = PasswordField(
        "再填一次新密码",
        [filled("请再填一次新密码")],
        render_kw={"autocomplete": "new-password", "maxlength": 200},
    )


@get("/account", opt=SIGNED_IN, sync_to_thread=True)
def account(request: Asked, db: Db, who: Who) -> Response[str]:
    """Show everything about one's own account."""
    return _account(request, db, who, CodeForm())


@get("/account/password", opt=SIGNED_IN, sync_to_thread=True)
def password_page(request: Asked, who: Who, back: FromQuery[str] = "/account") -> Response[str]:
    """Ask for a new password."""
    return _password(request, who, NewPasswordForm(), back)


@post("/account/password", opt=SIGNED_IN, sync_to_thread=True)
def change_password(request: Asked, door: Door, who: Who, sent: Sent) -> Response[str] | Redirect:
    """Take it; every other browser is signed out."""
    form, back = NewPasswordForm(sent), sent.one("back")
    old, new = str(form.old_password.data), str(form.new_password.data)

    def way(session: Session, _: str) -> Opened | None:
        signed_in = recognise(session, who.token)
        return set_password(session, signed_in, old, new) if signed_in else None

    if form.validate() and new != form.again_password.data:
        form.refuse(Invalid("两次填的新密码不一样，请重新填写。"))
    try:
        opened = None if form.faults else door.tried(form, f"password {who.signed_in.person_id}", GONE, way)
    except Invalid as refusal:
        form.refuse(refusal)
        opened = None
    return door.onward(opened, back) if opened else _password(request, who, form, back, 422)


@get("/account/code", opt=SIGNED_IN, sync_to_thread=True)
def code_page(request: Asked, door: Door, who: Who) -> Response[str]:
    """Show the seed of one-time codes as a QR and in letters, and ask for a first code."""
    return _code(request, door, who, CodeForm())


@post("/account/code", opt=SIGNED_IN, sync_to_thread=True)
def confirm_code(request: Asked, door: Door, who: Who, sent: Sent) -> Response[str]:
    """Take the telephone into use, and show the recovery codes this once."""
    form, shown = CodeForm(sent), list[str]()

    def way(session: Session, _: str) -> Opened | None:
        signed_in = recognise(session, who.token)
        done = confirm_totp(session, door.secret, signed_in, str(form.code.data)) if signed_in else None
        shown.extend(done[1] if done else [])
        return done[0] if done else None

    opened = door.tried(form, f"code {who.signed_in.person_id}", WRONG_CODE, way)
    if opened is None:
        return _code(request, door, who, form, 422)
    answer = page(request, "accounts/recovery.html", codes=shown)
    for cookie in door.cookies(opened):
        answer.set_cookie(cookie)
    return answer


@post("/account/code/end", opt=SIGNED_IN, sync_to_thread=True)
def end_code(request: Asked, db: Db, door: Door, who: Who, sent: Sent) -> Response[str] | Redirect:
    """Give up the telephone that gives codes, to set up another."""
    form = CodeForm(sent)

    def way(session: Session, _: str) -> Opened | None:
        signed_in = recognise(session, who.token)
        return give_up_totp(session, door.secret, signed_in, str(form.code.data)) if signed_in else None

    opened = door.tried(form, f"code {who.signed_in.person_id}", WRONG_CODE, way)
    return door.onward(opened, "/account") if opened else _account(request, db, who, form, 422)


@post("/account/sign-ins/{sign_in_id:uuid}/end", opt=SIGNED_IN, sync_to_thread=True)
def end(db: Db, who: Who, sign_in_id: FromPath[UUID]) -> Redirect:
    """Sign one of one's own browsers out."""
    with who.acting(db) as session:
        end_sign_in(session, who.signed_in, sign_in_id)
    return to("/account")


def _account(request: Asked, db: Db, who: Who, form: Form, status: int = 200) -> Response[str]:
    with who.acting(db) as session:
        shown = {
            "sign_ins": own_sign_ins(session, who.signed_in),
            "factor": factor_of(session, who.signed_in),
        }
    return page(request, "accounts/show.html", status, form=form, who=who, **shown)


def _password(request: Asked, who: Who, form: Form, back: str, status: int = 200) -> Response[str]:
    told = who.signed_in.means == "handed"
    return page(request, "accounts/password.html", status, form=form, told=told, back=local(back))


def _code(request: Asked, door: Door, who: Who, form: Form, status: int = 200) -> Response[str]:
    with door.db.begin() as session:
        recognise(session, who.token)
        enrolment = begin_totp(session, door.secret, who.signed_in)
    picture = segno.make(enrolment.address, error="m").svg_data_uri(scale=5, dark="#000", light="#fff")
    return page(request, "accounts/code.html", status, form=form, seed=enrolment.seed, picture=picture)


HANDLERS = [
    account,
    password_page,
    change_password,
    code_page,
    confirm_code,
    end_code,
    end,
]
