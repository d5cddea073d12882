"""Refusals: every error as one Chinese page from one table; what nobody foresaw gets a number and no more."""

import logging
from urllib.parse import urlencode, urlsplit

from litestar import Response
from litestar.exceptions import HTTPException
from litestar.response import Redirect
from litestar.types import ExceptionHandlersMap

from services.api.web.envelope import Asked, request_id
from services.api.web.pages import page
from services.api.web.proofs import Unproven, asked_again
from services.api.web.sessions import NotSignedIn
from shared.domain.errors import Forbidden, Invalid, NotFound, NotNow, Refusal

log = logging.getLogger("jifen.api")

STATUS: dict[type[Refusal], int] = {NotFound: 404, Forbidden: 403, NotNow: 409, Invalid: 422}
# The heading, and what is said where the error itself has no sentence of ours.
WORDS = {
    400: ("请求有误", "地址或参数写得不对，请从首页重新进入。"),
    403: ("不能办理", "您现在的身份不能办理，或者这一页打开得太久了：请返回上一页，刷新后再试。"),
    404: ("没有找到", "没有这个页面，请核对网址。"),
    405: ("不能这样操作", "这个地址不接受这种操作。"),
    409: ("现在不能办理", "现在的进度还不到这一步。"),
    413: ("内容太大", "提交的内容太大，请分次提交。"),
    422: ("填写有误", "请按提示改正后再试。"),
    500: ("系统出了问题", "问题已经记录，请稍后再试；需要反映时请告知下面的编号。"),
}


def refused(request: Asked, refusal: Refusal) -> Response[str]:
    """Answer an expected refusal with its own sentence."""
    return _page(request, status_of(refusal), str(refusal))


def status_of(refusal: Refusal) -> int:
    """Return the status by which a refusal is answered, a kind of one as that one is."""
    return next((status for kind, status in STATUS.items() if isinstance(refusal, kind)), 422)


def failed(request: Asked, fault: HTTPException) -> Response[str]:
    """Answer the framework's errors in our words; its English detail stays inside."""
    if fault.status_code >= 500:
        return broken(request, fault)
    return _page(request, fault.status_code if fault.status_code in WORDS else 400)


def unsigned(request: Asked, fault: NotSignedIn) -> Redirect:
    """Lead to where they sign in, and from there back to the page that they were on."""
    asked_for = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    back = asked_for if request.method == "GET" else urlsplit(request.headers.get("referer", "/")).path
    kept = {"kept": "yes"} if fault.kept else {}
    return Redirect(f"{fault.step}?{urlencode({'back': back, **kept})}", status_code=303)


def broken(request: Asked, fault: Exception) -> Response[str]:
    """Log what nobody foresaw under the request's number, and show the number alone."""
    numbered = request_id(request.scope)
    log.error("请求 %s %s 出错", numbered, request.scope.get("path_template", ""), exc_info=fault)
    return _page(request, 500, number=numbered)


def _page(request: Asked, status: int, sentence: str = "", number: str = "") -> Response[str]:
    heading, otherwise = WORDS[status]
    said = sentence or otherwise
    return page(request, "refusals/show.html", status, heading=heading, sentence=said, number=number)


HANDLERS: ExceptionHandlersMap = {
    NotSignedIn: unsigned,
    Unproven: asked_again,
    Refusal: refused,
    HTTPException: failed,
    Exception: broken,
}
