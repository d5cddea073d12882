"""Permissions: every handler names the action that it serves, or says that it is open; else nothing starts."""

from typing import Any

from litestar import Litestar
from litestar.routes import BaseRoute, HTTPRoute

from shared.authz.actions import Action

KEY = "permission"
OPEN: dict[str, Any] = {KEY: "open"}


def for_action(action: Action) -> dict[str, Any]:
    """Return the `opt` of a handler whose use case asks the gate for this action."""
    return {KEY: action}


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
    return declaration == OPEN[KEY] or isinstance(declaration, Action)
