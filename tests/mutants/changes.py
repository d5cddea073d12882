"""Mutants: a module changed in one place each, as a slip of the pen would change it."""

import ast
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass

COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
RECKONED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
}
NAMED = (ast.FunctionDef, ast.ClassDef)
Change = Callable[[ast.AST], object]
NAMES = {"min": "max", "max": "min", "any": "all", "all": "any"}


@dataclass(frozen=True, slots=True)
class Mutant:
    """A changed module; `place` names the function and what became of it, the same however lines move."""

    place: str
    line: int
    tree: ast.Module


def mutants(source: str) -> Iterator[Mutant]:
    """Yield a module with each of its changes alone; what is only said, in texts and types, is left as it is."""
    tree = ast.parse(source)
    for number, (where, node) in enumerate(_code(tree, "")):
        for change in _changes(node):
            made = deepcopy(tree)
            twin = list(_code(made, ""))[number][1]
            before = ast.unparse(node)
            change(twin)
            yield Mutant(f"{where}: {before} → {ast.unparse(twin)}", getattr(node, "lineno", 0), made)


def _code(node: ast.AST, where: str) -> Iterator[tuple[str, ast.AST]]:
    for name, value in ast.iter_fields(node):
        if name in {"annotation", "returns", "decorator_list", "type_params"}:
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                inside = f"{where}.{child.name}".lstrip(".") if isinstance(child, NAMED) else where
                yield inside, child
                yield from _code(child, inside)


def _changes(node: ast.AST) -> Iterator[Change]:
    match node:
        case ast.Compare(ops=[compared]) if type(compared) in COMPARED:
            yield lambda twin: _put(twin, "ops", [COMPARED[type(compared)]()])
        case ast.BinOp(op=reckoned) if type(reckoned) in RECKONED and not _says(node):
            yield lambda twin: _put(twin, "op", RECKONED[type(reckoned)]())
        case ast.BoolOp(op=joined):
            yield lambda twin: _put(twin, "op", ast.Or() if isinstance(joined, ast.And) else ast.And())
        case ast.IfExp(test=test):
            yield lambda twin: _put(twin, "test", ast.UnaryOp(ast.Not(), deepcopy(test)))
        case ast.Constant(value=bool(said)):
            yield lambda twin: _put(twin, "value", not said)
        case ast.Constant(value=int(number)):
            yield lambda twin: _put(twin, "value", number + 1)
        case ast.Call(func=ast.Name(id=name)) if name in NAMES:
            yield lambda twin: _put(twin, "func", ast.Name(NAMES[name], ast.Load()))


def _says(node: ast.BinOp) -> bool:
    """Whether texts are put together here, which cannot be subtracted."""
    return any(isinstance(side, ast.JoinedStr) or _is_text(side) for side in (node.left, node.right))


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _put(twin: ast.AST, field: str, value: object) -> None:
    setattr(twin, field, value)
    ast.fix_missing_locations(twin)
