"""Which row of the table a case follows, and the request that goes along it, signature by signature."""

from __future__ import annotations

from dataclasses import replace

from workflows.casefile import CaseFile, Given, OpenRequest
from workflows.closure import Route, Variant, find_route
from workflows.vocabulary import Action, Grade


def variant_for(case: CaseFile, action: Action) -> Variant:
    """Which variant of the action this case takes today (a late extension, up or down)."""
    if action is Action.REGRADE:
        return Variant.UP if case.grade is Grade.GENERAL else Variant.DOWN
    if action is Action.EXTEND and _is_late(case):
        return Variant.LATE
    return Variant.PLAIN


def _is_late(case: CaseFile) -> bool:
    """After the deadline; a listed one also inside its last working days (宁波 15, 青岛 20; a setting)."""
    if case.deadline is not None and case.today > case.deadline:
        return True
    return case.listed is not None and case.extend_by is not None and case.today > case.extend_by


def route_for(case: CaseFile, action: Action, variant: Variant | None = None) -> Route | None:
    """The row of the table that this case follows; None where there is no such action for it."""
    return find_route(action, case.grade, case.origin, variant or variant_for(case, action))


def route_of(request: OpenRequest) -> Route:
    """The row an open request follows: that of the day it was opened."""
    route = find_route(request.action, request.grade, request.origin, request.variant)
    assert route is not None, "a request is only opened on a route that exists"
    return route


def draft_request(case: CaseFile, action: Action, by: int, variant: Variant | None = None) -> OpenRequest:
    """The request as it would be if this person opened it now."""
    return OpenRequest(
        action,
        variant or variant_for(case, action),
        case.grade,
        case.origin,
        by,
        by_enterprise=by in case.members,
    )


def with_signature(case: CaseFile, given: Given) -> CaseFile:
    """The case after one more signature of its open request."""
    assert case.request is not None
    return replace(case, request=replace(case.request, given=(*case.request.given, given)))


def is_complete(request: OpenRequest) -> bool:
    """Whether the last step of the route has signed."""
    return len(request.given) >= len(route_of(request).steps)
