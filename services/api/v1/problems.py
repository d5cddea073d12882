"""Problems: every error of the JSON API as RFC 9457 has it, in the words that a page would say."""

import logging
from collections.abc import Callable, Sequence
from typing import Annotated, Any

import msgspec
from litestar import Response
from litestar.exceptions import HTTPException
from litestar.types import ExceptionHandlersMap
from msgspec import Meta, Struct

from services.api.v1.endpoints import PREFIX
from services.api.web.envelope import Asked, request_id
from services.api.web.refusals import status_of
from shared.domain.errors import Invalid, Refusal

log = logging.getLogger("jifen.api")

MEDIA_TYPE = "application/problem+json"
TITLES = {
    400: ("unreadable", "请求写得不对", "请求写得不对：请核对地址、参数和请求体。"),
    401: ("unauthorised", "没有有效的令牌", "请在 Authorization 头里放有效的令牌：Bearer jf_…。"),
    403: ("forbidden", "不能办理", "这个令牌不能办理这一步。"),
    404: ("not-found", "没有找到", "没有这个地址，或者没有这样的记录。"),
    405: ("wrong-method", "不接受这种操作", "这个地址不接受这种操作，可以用的见 Allow 头。"),
    409: ("not-now", "现在不能办理", "现在的进度还不到这一步。"),
    412: ("changed", "已经变了", "记录在您上次读取以后变了，请重新读取后再办。"),
    413: ("too-large", "内容太大", "请求体太大，请分次提交。"),
    415: ("wrong-media", "格式不对", "请求体应是 application/json。"),
    422: ("invalid", "内容有误", "请按 faults 逐条改正后再提交。"),
    429: ("too-many", "请求太多", "请求太多，请过一会儿再试。"),
    500: ("broken", "系统出了问题", "问题已经记录；需要反映时请告知 instance 里的编号。"),
}


class Problem(Struct, frozen=True, omit_defaults=True):
    """What went wrong: `detail` says it in a sentence, `faults` every fault by itself."""

    type: Annotated[str, Meta(description="问题的种类，指向接口文档", examples=["/api/v1#not-found"])]
    title: Annotated[str, Meta(description="问题的种类，用中文说", examples=["没有找到"])]
    status: Annotated[int, Meta(description="HTTP 状态码", examples=[404])]
    detail: Annotated[str, Meta(description="这一次哪里不对", examples=["没有这样的记录。"])]
    instance: Annotated[str, Meta(description="这次请求的编号", examples=["urn:jifen:request:0f3a5c7e9b1d2f46"])]
    faults: Annotated[list[str] | None, Meta(description="每一处错误")] = None


class Stale(HTTPException):
    """The row has changed since the caller read it."""

    status_code = 412


class Unknown(HTTPException):
    """The caller has no token that counts."""

    status_code = 401

    def __init__(self) -> None:
        super().__init__(headers={"WWW-Authenticate": 'Bearer realm="jifen"'})


class TooMany(HTTPException):
    """The caller asks more often than anybody needs to; may ask again after so many seconds."""

    status_code = 429

    def __init__(self, wait_s: int) -> None:
        super().__init__(headers={"Retry-After": str(wait_s)})


class Unreadable(HTTPException):
    """What was sent cannot be read at all; `detail` says in Chinese where."""

    status_code = 400

    def __init__(self, said: str, status: int = 400) -> None:
        super().__init__(said, status_code=status)
        self.said = said


def problem(
    request: Asked,
    status: int,
    detail: str = "",
    faults: Sequence[str] = (),
    headers: dict[str, str] | None = None,
) -> Response[bytes]:
    """Answer with a problem of this status."""
    name, title, otherwise = TITLES[status]
    told = Problem(
        type=f"/api/v1#{name}",
        title=title,
        status=status,
        detail=detail or otherwise,
        instance=f"urn:jifen:request:{request_id(request.scope)}",
        faults=list(faults) or None,
    )
    return Response(msgspec.json.encode(told), status_code=status, media_type=MEDIA_TYPE, headers=headers)


def refused(request: Asked, refusal: Refusal) -> Response[bytes]:
    """Answer an expected refusal with its own sentence, and every fault by itself."""
    faults = refusal.faults if isinstance(refusal, Invalid) else ()
    return problem(request, status_of(refusal), str(refusal), faults)


def failed(request: Asked, fault: HTTPException) -> Response[bytes]:
    """Answer the framework's errors in our words; its English detail stays inside."""
    if fault.status_code >= 500:
        return broken(request, fault)
    status = fault.status_code if fault.status_code in TITLES else 400
    said = fault.said if isinstance(fault, Unreadable) else ""
    return problem(request, status, said, headers=dict(fault.headers or {}))


def broken(request: Asked, fault: Exception) -> Response[bytes]:
    """Log what nobody foresaw under the request's number, and tell the number alone."""
    log.error("请求 %s %s 出错", request_id(request.scope), request.scope.get("path_template", ""), exc_info=fault)
    return problem(request, 500)


HANDLERS: ExceptionHandlersMap = {Refusal: refused, HTTPException: failed, Exception: broken}


def by_address(pages: ExceptionHandlersMap) -> ExceptionHandlersMap:
    """Return handlers of errors that answer programs with problems, and browsers with the pages' own."""
    return {kind: _either(answer, HANDLERS.get(kind, failed)) for kind, answer in pages.items()}


def _either(page: Callable[..., Any], told: Callable[..., Any]) -> Callable[..., Any]:
    def answer(request: Asked, fault: Exception) -> Any:
        return (told if request.scope["path"].startswith(PREFIX) else page)(request, fault)

    return answer
