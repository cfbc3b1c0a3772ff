"""What the pages of one's own account show beside what django-allauth's views give them."""

from __future__ import annotations

from datetime import datetime

from allauth.socialaccount.models import SocialAccount
from django import template
from django.db.models import QuerySet
from django.template import Context
from django.utils import timezone

from tinhso.kernel.people.accounts import who_is
from tinhso.kernel.people.signin import oidc
from tinhso.kernel.people.signin.factors import strong_seats
from tinhso.kernel.people.signin.provider import OpenIdProvider
from tinhso.kernel.people.signin.queries import Factors, HeldSeat, factors_of, held_seats
from tinhso.measure import writing
from tinhso.web.templatetags.figures import language

register = template.Library()


@register.filter
def when(value: datetime) -> str:
    """A moment, in Vietnam's time."""
    return writing.moment(timezone.localtime(value), language())


@register.simple_tag(takes_context=True)
def my_factors(context: Context) -> Factors:
    return factors_of(context["request"].user)


@register.simple_tag(takes_context=True)
def my_strong_seats(context: Context) -> list[HeldSeat]:
    """The positions that want a second factor."""
    who = who_is(context["request"])
    return held_seats(strong_seats(who.seats), who.day)


@register.simple_tag
def my_oidc() -> OpenIdProvider | None:
    return oidc.provider()


@register.simple_tag(takes_context=True)
def my_identities(context: Context) -> QuerySet[SocialAccount]:
    found = oidc.provider()
    linked: QuerySet[SocialAccount] = SocialAccount.objects.filter(
        user=context["request"].user, provider=found.id if found else ""
    )
    return linked
