"""The description: the API as OpenAPI 3.1 has it, drawn from its endpoints; nothing is said twice."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, get_origin

import msgspec
from litestar.handlers import HTTPRouteHandler

from services.api.v1.endpoints import SHAPE, Shape
from services.api.v1.paging import MOST, USUAL
from services.api.v1.problems import MEDIA_TYPE, TITLES, Problem
from services.api.v1.routes import ENDPOINTS
from services.api.v1.shapes import Page
from services.api.v1.uploads import FIELD, MULTIPART
from services.api.web.permissions import KEY
from shared.authz.actions import Action
from shared.domain.evidence import MIB, MOST_BYTES, MOST_FILES
from shared.domain.tokens import SCOPES

PARAMETER = re.compile(r"\{(\w+):(\w+)\}")
REFERENCE = "#/components/schemas/{name}"
JSON = "application/json"
KEY_PATTERN = "^[\\x21-\\x7e]{8,100}$"
ABOUT = """党员积分的 JSON 接口。程序用令牌（jf_…）代表一个人，在他的一个单位里，做他允许的事；\
能做的不会比他自己在页面上多。

- 分数是两位小数的文字，如 "2.00"；时刻带时差，如 2026-04-14T09:00:00+08:00；日期如 2026-04-14。
- 列表分页：把 next 原样放进 cursor 参数，读到 next 为 null 为止。
- 办事的请求都要有 Idempotency-Key：同一个键、同样的内容，只办一次，回答相同；同一个键、别的内容，回答 422。
- 读一条记录会得到 ETag；把它放进 If-Match 再办，记录变了就回答 412，不会办在旧的上面。
- 出错回答 application/problem+json（RFC 9457），detail 是一句话，faults 是每一处错误。
- 每个令牌每分钟最多 600 次，超过回答 429，Retry-After 说要等几秒。"""
CURSOR = {
    "name": "cursor",
    "in": "query",
    "description": "上一页的 next；第一页不填",
    "schema": {"type": "string"},
}
LIMIT = {
    "name": "limit",
    "in": "query",
    "description": f"一页多少条，1 到 {MOST}",
    "schema": {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL},
}
ONCE = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": True,
    "description": "每件事一个新的键，8 到 100 个英文字符；重试时用同一个",
    "schema": {"type": "string", "pattern": KEY_PATTERN, "minLength": 8, "maxLength": 100},
    "example": "0f3a5c7e-9b1d-4f46-8a2c-6e5d4c3b2a19",
}
MATCH = {
    "name": "If-Match",
    "in": "header",
    "description": "读到的 ETag；记录变了就不办，回答 412",
    "schema": {"type": "string"},
}
FILES = {
    "type": "object",
    "required": [FIELD],
    "properties": {
        FIELD: {
            "type": "array",
            "minItems": 1,
            "maxItems": MOST_FILES,
            "items": {"type": "string", "format": "binary"},
            "description": f"JPEG、PNG、WebP 照片或 PDF，每个不超过 {MOST_BYTES // MIB} MB",
        }
    },
}
FILE = {"type": "string", "format": "binary"}
# What may go wrong whatever is asked, and what besides with an act.
ALWAYS, ACTING = (400, 401, 403, 404, 405, 409, 422, 429, 500), (412, 413, 415)


@cache
def described() -> bytes:
    """Return the description as JSON."""
    return msgspec.json.format(msgspec.json.encode(openapi()), indent=2)


def openapi() -> dict[str, Any]:
    """Return the description: paths, shapes, errors, and how a token is given."""
    schemas = _schemas()
    paths: dict[str, dict[str, Any]] = {}
    for path, method, handler in operations():
        paths.setdefault(written(path), {})[method.lower()] = _operation(path, handler, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "党员积分接口", "version": "1", "description": ABOUT},
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": schemas.named,
            "responses": {str(status): _problem(status) for status in TITLES},
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "在“我的账号”里做的令牌，jf_ 开头"}
            },
        },
    }


def operations() -> Iterator[tuple[str, str, HTTPRouteHandler]]:
    """Yield each endpoint's path as the framework has it, its method and its handler."""
    for handler in ENDPOINTS:
        for path in sorted(handler.paths):
            yield path, next(iter(handler.http_methods - {"OPTIONS"})), handler


def written(path: str) -> str:
    """Return a path as the description writes it, its parameters without their kinds."""
    return PARAMETER.sub(r"{\1}", path)


class _Schemas:
    """Every shape by its type, as the components name it."""

    def __init__(self, kinds: Sequence[Any]) -> None:
        found, self.named = msgspec.json.schema_components(kinds, ref_template=REFERENCE)
        self._of = dict(zip(map(str, kinds), found, strict=True))

    def of(self, kind: Any) -> Mapping[str, Any]:
        """Return the schema of one of them."""
        return self._of[str(kind)]


def _schemas() -> _Schemas:
    shapes: list[Shape] = [handler.opt[SHAPE] for _, _, handler in operations()]
    answers, bodies = (one.answer for one in shapes if not one.media), (one.body for one in shapes if one.body)
    kinds = [Problem, *answers, *bodies]
    return _Schemas(list({str(kind): kind for kind in kinds}.values()))


def _operation(path: str, handler: HTTPRouteHandler, schemas: _Schemas) -> dict[str, Any]:
    shape: Shape = handler.opt[SHAPE]
    action, acting = handler.opt[KEY], "POST" in handler.http_methods
    failing = [status for status in (*ALWAYS, *(ACTING if acting else ()))]
    told = {
        "summary": shape.summary,
        "description": _needs(action),
        "operationId": f"{handler.fn.__module__.rpartition('.')[2]}_{handler.fn.__name__}".rstrip("_"),
        "tags": [path.split("/")[3]],
        "parameters": _parameters(path, shape, acting),
        "responses": {
            str(shape.status): {
                "description": shape.summary,
                "headers": {"ETag": {"description": "这个状态的标签", "schema": {"type": "string"}}},
                "content": _answered(shape, schemas),
            },
            **({} if acting or shape.media else {"304": {"description": "没有变"}}),
            **{str(status): {"$ref": f"#/components/responses/{status}"} for status in sorted(failing)},
        },
    }
    if shape.body:
        told["requestBody"] = {"required": True, "content": {JSON: {"schema": schemas.of(shape.body)}}}
    if shape.files:
        told["requestBody"] = {"required": True, "content": {MULTIPART: {"schema": FILES}}}
    return told


def _answered(shape: Shape, schemas: _Schemas) -> dict[str, Any]:
    if shape.media:
        return {kind: {"schema": FILE} for kind in shape.media}
    return {JSON: {"schema": schemas.of(shape.answer)}}


def _needs(action: Any) -> str:
    if not isinstance(action, Action):
        return "任何有效的令牌都可以。"
    return f"令牌要有“{SCOPES[action]}”（`{action}`）的权限，本人也要有。"


def _parameters(path: str, shape: Shape, acting: bool) -> list[Any]:
    found: list[Any] = [_in_path(name, kind) for name, kind in PARAMETER.findall(path)]
    found += [
        {"name": name, "in": "query", "description": said, "schema": {"type": "string"}}
        for name, said in shape.queries
    ]
    if get_origin(shape.answer) is Page:
        found += [CURSOR, LIMIT]
    if acting:
        found += [ONCE, *([MATCH] if shape.conditional and PARAMETER.search(path) else [])]
    return found


def _in_path(name: str, kind: str) -> dict[str, Any]:
    schema = {"type": "string", "format": "uuid"} if kind == "uuid" else {"type": "string", "minLength": 1}
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _problem(status: int) -> dict[str, Any]:
    return {
        "description": TITLES[status][1],
        "content": {MEDIA_TYPE: {"schema": {"$ref": REFERENCE.format(name="Problem")}}},
    }
