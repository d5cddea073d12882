"""Permissions: every handler names the action that it serves, or says that it is open; else nothing starts."""

from typing import Any

from litestar import Litestar
from litestar.routes import BaseRoute, HTTPRoute

from shared.authz.actions import Action

KEY = "permission"
# Of handlers that ask again who somebody is, before what cannot be taken back.
PROOF = "proof"
# Of handlers whose answers others may keep: a token must not be kept with them.
WITHOUT_TOKEN = "without_token"  # noqa: S105 - a word, not a secret
# Of handlers whose answers are packed already.
PACKED = "packed"
OPEN: dict[str, Any] = {KEY: "open"}
# For pages that are about the person themselves, whatever their roles: their notifications, their account.
SIGNED_IN: dict[str, Any] = {KEY: "signed in"}


def for_action(action: Action) -> dict[str, Any]:
    """Return the `opt` of a handler whose use case asks the gate for this action."""
    return {KEY: action}


def proven(declared: dict[str, Any]) -> dict[str, Any]:
    """Return the `opt` of a handler that takes what cannot be taken back: who does it shows that it is they."""
    return {**declared, PROOF: True}


def refuse_undeclared(app: Litestar) -> Litestar:
    """Return the application, or raise RuntimeError naming the handlers that do not say who may come."""
    silent = [
        f"{handler} {route.path}" for route, handler, declared in declarations(app) if not _declared(declared)
    ]
    if silent:
        raise RuntimeError(f"这些地址没有声明权限，程序不启动：{'、'.join(silent)}。")
    return app


def declarations(app: Litestar) -> list[tuple[BaseRoute, str, Any]]:
    """Return each handler's route, name and declaration; answers to OPTIONS are the framework's own."""
    return [
        (route, handler.handler_name, handler.opt.get(KEY))
        for route in app.routes
        for handler in getattr(route, "route_handlers", [getattr(route, "route_handler", None)])
        if not (isinstance(route, HTTPRoute) and handler.http_methods == {"OPTIONS"})
    ]


def _declared(declaration: Any) -> bool:
    return declaration in (OPEN[KEY], SIGNED_IN[KEY]) or isinstance(declaration, Action)
