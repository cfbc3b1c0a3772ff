"""Every route says who may use it: `@public`, `@signed_in`, `@asks(policy, verb)`.

A route that says nothing is refused by the middleware, and fails the matrix test.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from tinhso.kernel.people.accounts import who_is
from tinhso.kernel.people.policy import Answer, ForbiddenError, Need, Policy

V = TypeVar("V", bound=Callable[..., Any])

#: From a request and the address's parts: the unit that the thing asked for belongs to.
UnitOf = Callable[..., str]


@dataclass(frozen=True)
class Access:
    """Who may use a route. Without a policy: everybody, or with `sign_in` whoever has signed in
    (to what is that person's own)."""

    policy: Policy | None = None
    verb: str = ""
    sign_in: bool = False


PUBLIC = Access()
SIGNED_IN = Access(sign_in=True)


class NotSignedInError(Exception):
    """The route is for those who have signed in."""


def public(view: V) -> V:
    """A route for everybody; what it shows may still differ by what the policy answers."""
    view.access = PUBLIC  # type: ignore[attr-defined]
    return view


def signed_in(view: V) -> V:
    """A route for whoever has signed in, to what is their own."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not who_is(request).signed_in:
            raise NotSignedInError
        answer: HttpResponseBase = view(request, *args, **kwargs)
        return answer

    checked.access = SIGNED_IN  # type: ignore[attr-defined]
    return checked  # type: ignore[return-value]


def asks(policy: Policy, verb: str, unit: UnitOf | None = None) -> Callable[[V], V]:
    """A route for those who may `verb` things of `policy`'s kind.

    With `unit`, the thing's unit is asked before the view runs. Without, it is enough to have the
    right somewhere: the view asks again for each thing (`policy.require`) or lists only what the
    policy lets through (`policy.rows`).
    """

    def decorate(view: V) -> V:
        @wraps(view)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            who = who_is(request)
            if unit is not None:
                policy.require(who, verb, unit(request, *args, **kwargs))
            elif not policy.anywhere(who, verb):
                need = Need.RIGHT if who.signed_in else Need.SIGN_IN
                raise ForbiddenError(Answer(policy, policy.verbs[verb], "", need))
            elif policy.verbs[verb].strong and not who.strong:
                raise ForbiddenError(Answer(policy, policy.verbs[verb], "", Need.SECOND_FACTOR))
            answer: HttpResponseBase = view(request, *args, **kwargs)
            return answer

        checked.access = Access(policy, verb)  # type: ignore[attr-defined]
        return checked  # type: ignore[return-value]

    return decorate


def may(request: HttpRequest, policy: Policy, verb: str, unit: str = "") -> bool:
    """For views and templates: does the one who asks have the right?"""
    return policy.ask(who_is(request), verb, unit).allowed
