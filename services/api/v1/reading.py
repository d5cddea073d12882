"""Reading: a JSON body made into its shape, or refused with every fault at once, in Chinese."""

from typing import Annotated, Any, TypeVar, get_args, get_origin

import msgspec
from msgspec import Meta, Struct

from services.api.v1.problems import Unreadable
from shared.domain.errors import Invalid

T = TypeVar("T", bound=Struct)


def read(kind: type[T], body: bytes) -> T:
    """Return what a body says; Unreadable where it is no JSON object, Invalid with every fault of its fields."""
    try:
        given = msgspec.json.decode(body or b"{}")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
        raise Unreadable("请求体不是能读的 JSON。") from fault
    return fitted(kind, given, "")


def fitted(kind: type[T], given: Any, within: str) -> T:
    """Return an object's fields as their shape; `within` says where it stands, for the faults."""
    if not isinstance(given, dict):
        raise Invalid(f"{within or '请求体'}应是一个 JSON 对象。")
    values, faults = {}, []
    fields = {one.encode_name: one for one in msgspec.structs.fields(kind)}
    for name, field in fields.items():
        if name not in given:
            if field.required:
                faults.append(f"{within}缺少 {name}：{meant(field.type)}。")
            continue
        try:
            values[field.name] = _value(field.type, given[name], f"{within}{name}")
        except Invalid as wrong:
            faults.extend(wrong.faults)
    faults += [f"{within}没有 {str(name)[:40]!r} 这一项。" for name in given if name not in fields]
    if faults:
        raise Invalid(*faults)
    return kind(**values)


def meant(kind: Any) -> str:
    """Return what would be right for a type, in its own words."""
    if get_origin(kind) is Annotated:
        return next(
            (one.description for one in get_args(kind)[1:] if isinstance(one, Meta) and one.description), ""
        )
    inner = [meant(one) for one in get_args(kind) if one is not type(None)]
    return next((one for one in inner if one), "true 或 false" if kind is bool else "见接口文档")


def _value(kind: Any, given: Any, name: str) -> Any:
    row = _row(kind)
    if row is not None and isinstance(given, list):
        return _rows(kind, row, given, name)
    try:
        return msgspec.convert(given, kind)
    except msgspec.ValidationError as fault:
        raise Invalid(f"{name} 不对，应是{meant(kind)}。") from fault


def _row(kind: Any) -> type[Struct] | None:
    """Return the shape of a list's rows, where they are objects."""
    listed = get_args(kind)[0] if get_origin(kind) is Annotated else kind
    inner = get_args(listed)[0] if get_origin(listed) is list else None
    return inner if isinstance(inner, type) and issubclass(inner, Struct) else None


def _rows(kind: Any, row: type[Struct], given: list[Any], name: str) -> Any:
    found: list[Struct] = []
    faults: list[str] = []
    for number, one in enumerate(given[:200], 1):
        try:
            found.append(fitted(row, one, f"{name} 第 {number} 行："))
        except Invalid as wrong:
            faults.extend(wrong.faults)
    try:
        # The number of rows has bounds of its own.
        msgspec.convert([{}] * len(given), _bare(kind))
    except msgspec.ValidationError:
        faults.append(f"{name} 不对，应是{meant(kind)}。")
    if faults:
        raise Invalid(*faults)
    return found


def _bare(kind: Any) -> Any:
    """Return the list with its bounds, whatever its rows are."""
    if get_origin(kind) is Annotated:
        return Annotated[(list[Any], *get_args(kind)[1:])]
    return list[Any]
