"""Template words for figures, units and days. Available in every template."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import Enum
from fractions import Fraction

from django import template
from django.http import HttpRequest
from django.template import Context
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext

from tinhso.kernel.units.register import UnitRegister
from tinhso.measure import writing
from tinhso.measure.definitions import Kind
from tinhso.measure.figures import Value
from tinhso.measure.periods import Period
from tinhso.measure.streams import Field, FieldType, Sensitivity
from tinhso.measure.text import Problem, Text
from tinhso.modules.plan import words
from tinhso.modules.plan.lens import lens_query
from tinhso.modules.plan.pack import Baseline, MeasuredIn, Plan, Target
from tinhso.modules.plan.queries import Lens, TargetRow

register = template.Library()


def language() -> str:
    return "en" if get_language() == "en" else "vi"


@register.filter
def t(text: Text | Problem | str | None) -> str:
    """A Text or Problem in the reader's language."""
    if text is None or isinstance(text, str):
        return text or ""
    return text.to(language())


@register.filter
def n(value: int | Fraction | None) -> str:
    """A whole number with its thousands grouped; a dash for nothing."""
    return "–" if value is None else writing.number(value, language())


@register.filter
def share(value: Fraction | None) -> str:
    """A fraction of one as per cent."""
    return "–" if value is None else writing.percent(value, language())


@register.filter
def d(value: date | None) -> str:
    """A day."""
    return "–" if value is None else writing.day(value, language())


@register.filter
def moment(value: datetime | str) -> str:
    """A time of a day, from a datetime or its ISO text."""
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    return writing.moment(found, language())


@register.filter
def localtime_moment(value: datetime) -> str:
    """A time from the database, as the clock on the wall shows it."""
    return writing.moment(timezone.localtime(value), language())


@register.filter
def figure(row: TargetRow) -> str:
    """A row's value as people read it; a dash where there is none."""
    return write_value(row.value, row.threshold.amount)


@register.filter
def amount(value: Value) -> str:
    """A value without a target beside it."""
    return write_value(value, None)


def write_value(value: Value, apart_from: Fraction | None) -> str:
    if value.value is None:
        return "–"
    if value.indicator.kind is Kind.MEASURE:
        return writing.number(value.value, language())
    return writing.percent(value.value, language(), apart_from=apart_from)


@register.filter
def level(target: Target) -> str:
    """A target's level: `trên 75 %`."""
    lang = language()
    if target.measure is MeasuredIn.PERCENT:
        wanted = Fraction(target.threshold) / 100
        exact = writing.percent(wanted, lang, decimals=0, apart_from=None)
        if wanted * 100 % 1:
            exact = writing.percent(wanted, lang)
    else:
        exact = writing.number(Fraction(target.threshold), lang)
    if target.measure is MeasuredIn.RANK:
        return gettext("hạng %(rank)s trở lên") % {"rank": exact}
    return f"{words.OPERATORS[target.operator].to(lang)}{writing.NO_BREAK}{exact}"


@register.filter
def chance(value: float) -> str:
    """A chance in whole per cent; never a certainty, which no forecast is."""
    lang, per_cent = language(), writing.NO_BREAK + "%"
    if value < 0.01:
        return gettext("dưới %(least)s") % {"least": f"1{per_cent}"}
    if value > 0.99:
        return gettext("trên %(most)s") % {"most": f"99{per_cent}"}
    return writing.percent(Fraction(value), lang, decimals=0)


@register.filter
def forecast_share(value: float) -> str:
    """A share that was forecast, as per cent."""
    return writing.percent(Fraction(value), language())


@register.filter
def baseline_value(baseline: Baseline) -> str:
    """A starting point's figure as its source gives it, with a decimal comma."""
    places = len(f"{baseline.value.normalize():f}".partition(".")[2])
    written = writing.number(Fraction(baseline.value), language(), places)
    return f"{written}{writing.NO_BREAK}%" if baseline.measure is MeasuredIn.PERCENT else written


@register.filter
def word(value: Enum) -> str:
    """The word for a status, a reason, a kind or a level."""
    for table in (
        *(words.STANDINGS, words.BECAUSE, words.REASONS, words.KINDS, words.KNOWN_BY),
        *(words.PERIOD_KINDS, words.LEVELS),
        *(words.LIKELIHOODS, words.NO_FORECAST, words.MISSING),
    ):
        if type(next(iter(table))) is type(value):
            return table[value].to(language())  # type: ignore[index]
    raise KeyError(value)


@register.simple_tag(takes_context=True)
def unit_name(context: Context, uid: str, day: date | None = None) -> str:
    """A unit's full name on a day (default: its nearest)."""
    units: UnitRegister = context["units"]
    return units.full_name(uid, day).to(language())


#: Shapes differ as well as colours: a tick, a rising stroke, a falling stroke, a dashed ring.
_MARKS = {
    "met": '<path d="M2 7l3.5 3.5L12 3"/>',
    "on-the-way": '<path d="M2 9l5-5 5 5"/>',
    "behind": '<path d="M2 4l5 5 5-5"/>',
    "unknown": '<circle cx="7" cy="7" r="4.5" stroke-dasharray="2 2.4"/>',
    "not-applicable": '<path d="M2.5 7h9" stroke-dasharray="2 2.4"/>',
}


@register.simple_tag
def mark(standing: Enum) -> SafeString:
    """The sign of a standing, to stand beside its word."""
    shape = _MARKS[str(standing.value)]
    return mark_safe(  # noqa: S308 (the shapes are our own constants)
        f'<svg class="mark" width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">{shape}</svg>'
    )


@register.filter
def unlocal(value: float) -> str:
    """A number as SVG wants it, whatever the language."""
    return f"{value:g}"


@register.filter
def before(value: date) -> date:
    """The last day of something that ends (half-open) on a day."""
    return value - timedelta(days=1)


@register.filter
def iso_day(text: str) -> date:
    return date.fromisoformat(text)


@register.filter
def area(km2: float) -> str:
    return writing.number(Fraction(str(km2)), language(), 1) + writing.NO_BREAK + "km²"


@register.filter
def dates(period: Period) -> str:
    """A period's first and last day."""
    lang = language()
    return f"{writing.day(period.start, lang)} – {writing.day(period.last_day, lang)}"


@register.simple_tag
def record_cell(field: Field, value: object) -> str:
    """A cell of a record: empty is a dash, true and false are words, days are days."""
    if isinstance(value, str) and (name := field.name_of(value)) is not None:
        return name.to(language())
    match value:
        case None:
            return "–"
        case bool():
            return gettext("có") if value else gettext("không")
        case datetime():
            return writing.moment(value, language())
        case date():
            return writing.day(value, language())
        case int():
            return writing.number(value, language())
    return str(value)


_FIELD_WORDS = {
    FieldType.TEXT: Text("chữ", "text"),
    FieldType.CODE: Text("mã", "code"),
    FieldType.ENUM: Text("lựa chọn", "choice"),
    FieldType.INTEGER: Text("số nguyên", "whole number"),
    FieldType.MONEY: Text("số tiền (đồng)", "money (đồng)"),
    FieldType.BOOLEAN: Text("có/không", "yes/no"),
    FieldType.DATE: Text("ngày", "day"),
    FieldType.DATETIME: Text("ngày giờ", "day and time"),
    FieldType.PERSON: Text("người (chỉ lưu bí danh)", "person (kept as a pseudonym)"),
    FieldType.UNIT: Text("mã đơn vị", "unit code"),
    Sensitivity.PUBLIC: Text("mọi người", "everybody"),
    Sensitivity.INTERNAL: Text("cơ quan liên quan", "the offices concerned"),
    Sensitivity.PERSONAL: Text("không ai xem qua trang này", "nobody through this site"),
}


@register.filter
def field_word(value: FieldType | Sensitivity) -> str:
    return _FIELD_WORDS[value].to(language())


@register.filter
def batch_event(event: str) -> str:
    words_of = {
        "accepted": Text("đã nhận", "accepted"),
        "withdrawn": Text("đã rút", "withdrawn"),
        "refused": Text("bị từ chối", "refused"),
    }
    return words_of[event].to(language())


@register.simple_tag
def open_query(lens: Lens, unit: str) -> str:
    """The query of an address that looks at one unit through a lens."""
    return lens_query(lens, **{"don-vi": unit})


@register.simple_tag(takes_context=True)
def agency_link(context: Context, plan_code: str, code: str, plan: Plan) -> SafeString:
    """An agency of the plan by its code, linked to its page."""
    agency = next(one for one in plan.agencies if one.code == code)
    units: UnitRegister = context["units"]
    uid = units.by_code(code, date(plan.year, 1, 1))
    name = agency.name.to(language())
    if uid is None:
        return format_html("{}", name)
    return format_html('<a href="{}">{}</a>', reverse("plan:unit", args=[plan_code, uid]), name)


@register.inclusion_tag("plan/_lens.html", takes_context=True)
def lens_form(context: Context, unit: str = "", action: str = "") -> dict[str, object]:
    """The form that chooses period and boundaries; keeps the page's unit and filters."""
    request: HttpRequest = context["request"]
    kept = {
        name: value
        for name in ("tru-cot", "trang-thai", "tim", "xep")
        if (value := request.GET.get(name, ""))
    }
    if unit and unit != context["root"]:
        kept["don-vi"] = unit
    lens: Lens = context["lens"]
    shared = ("lens", "periods", "views", "manifest", "plan_code", "plan", "pillar")
    return {name: context.get(name) for name in shared} | {
        "kept": kept,
        "address": reverse(f"plan:{action}", args=[context["plan_code"]])
        if action
        else request.path,
        "lens_view_other": lens.view not in context["views"],
        "pillars": context["plan"].pillars if "overview" in context else (),
    }


@register.inclusion_tag("plan/_ruler.html")
def row_ruler(row: TargetRow) -> dict[str, object]:
    """The ruler of a row, with a text for those who do not see it."""
    label = gettext("%(name)s: %(value)s, chỉ tiêu %(target)s, %(standing)s") % {
        "name": row.target.name.to(language()),
        "value": figure(row),
        "target": level(row.target),
        "standing": word(row.judgement.standing),
    }
    return {"ruler": row.ruler, "label": label, "standing": row.judgement.standing.value}
