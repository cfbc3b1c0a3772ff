"""Random worlds: maps that are reorganised, records with holes in them, definitions, questions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from hypothesis import strategies as st
from world import DOSSIERS, FIGURES, SITES, Record, Story, count, different, indicator, total

from tinhso.measure.boundaries import Boundaries, Level
from tinhso.measure.definitions import Indicator, Kind, Part, Window
from tinhso.measure.periods import Period
from tinhso.measure.places import View

Draw = Callable[[st.SearchStrategy], object]

#: Changes of the map: before the records, inside a half-month, at its edges, after the records.
CHANGE_DAYS = [date(2022, 7, 1), date(2024, 4, 15), date(2024, 5, 10), date(2024, 7, 1)]
AFTER_ALL = date(2026, 3, 3)
FIRST, LAST = date(2023, 11, 20), date(2025, 1, 31)


# -- maps ----------------------------------------------------------------------------------------


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """Two provinces, some with districts, their communes and an agency; then reorganisations."""
    story = Story()
    story.begin("VN", Level.COUNTRY, None)
    for province, numbers in (("P", "12"), ("Q", "3")):
        story.begin(province, Level.PROVINCE, "VN")
        districts = [f"{province}{n}" for n in numbers if draw(st.booleans())]
        for district in districts:
            story.begin(district, Level.DISTRICT, province)
        for n in range(draw(st.integers(2, 4))):
            story.begin(
                f"{province.lower()}{n}",
                Level.COMMUNE,
                draw(st.sampled_from([*districts, province])),
            )
    story.begin("so", Level.AGENCY, "P")
    days = draw(st.sets(st.sampled_from([*CHANGE_DAYS, AFTER_ALL]), max_size=3))
    kept: set[str] = set()  # units that gave a part away and therefore go on for good
    for day in sorted(days):
        reorganise(draw, story, day, kept)
    return story


def reorganise(draw: st.DrawFn, story: Story, day: date, kept: set[str]) -> None:
    """A few changes on one day; no unit is touched twice."""
    touched: set[str] = set()
    for n in range(draw(st.integers(1, 4))):
        new = f"n{day:%y%m}{n}"
        free = [u for u in sorted(story.living(Level.COMMUNE)) if u not in touched]
        endable = [u for u in free if u not in kept]
        what = draw(st.sampled_from(WHAT_HAPPENS))
        if what == "merge" and len(endable) > 1:
            group = draw(st.lists(st.sampled_from(endable), min_size=2, max_size=3, unique=True))
            reused = draw(st.sampled_from(["", group[0]]))
            story.merge(day, group, into=new, code=reused)
            touched |= {*group, new}
        elif what == "absorb" and len(endable) > 1:
            gone, stays = draw(
                st.lists(st.sampled_from(endable), min_size=2, max_size=2, unique=True)
            )
            story.merge(day, [gone], into=stays)
            touched |= {gone, stays}
        elif what == "split" and endable:
            gone = draw(st.sampled_from(endable))
            others = [u for u in free if u != gone]
            into = [new, draw(st.sampled_from([f"{new}x", *others]))]
            story.split(day, gone, into[: draw(st.integers(1, 2))])
            touched |= {gone, *into}
        elif what == "part" and len(free) > 1:
            giver, taker = draw(
                st.lists(st.sampled_from(free), min_size=2, max_size=2, unique=True)
            )
            story.pass_on(day, giver, taker, whole=False)
            kept.add(giver)
            touched |= {giver, taker}
        elif what == "code" and free:
            unit = draw(st.sampled_from(free))
            story.change(day, unit, code=f"{unit}.{day:%y}")
            touched.add(unit)
        elif what == "move" and free:
            unit = draw(st.sampled_from(free))
            homes = sorted(story.living(Level.DISTRICT) + story.living(Level.PROVINCE))
            story.change(day, unit, parent=draw(st.sampled_from(homes)))
            touched.add(unit)
        elif what == "dissolve" and endable:
            unit = draw(st.sampled_from(endable))
            story.end(day, unit)
            touched.add(unit)
        elif what == "no districts" and not touched:
            for district in story.living(Level.DISTRICT):
                touched |= {district, *story.below(district)}
                story.abolish(day, district)
        elif what == "one province" and not touched and len(story.living(Level.PROVINCE)) > 1:
            for unit in story.below("Q"):
                story.change(day, unit, parent="P")
                touched.add(unit)
            story.merge(day, ["Q"], into="P")


WHAT_HAPPENS = (
    *("merge", "absorb", "split", "part", "code", "move", "dissolve"),
    *("no districts", "one province"),
)


# -- records -------------------------------------------------------------------------------------

DAYS = st.one_of(
    st.dates(FIRST, LAST),
    st.sampled_from(
        [d + timedelta(days=n) for d in CHANGE_DAYS[1:] for n in (-1, 0, 1)]
        + [date(2024, 1, 1), date(2023, 12, 31), date(2023, 12, 14), date(2023, 12, 15)]
    ),
)
HOURS = st.sampled_from([time(0, 0), time(23, 59, 59), time(9, 30)])


def maybe(strategy: st.SearchStrategy) -> st.SearchStrategy:
    return st.one_of(strategy, strategy, strategy, st.none())


MOMENTS = st.builds(datetime.combine, DAYS, HOURS)
MONEY = st.one_of(
    st.integers(0, 9), st.sampled_from([2**53 + 1, 2**58 + 3, -(2**58) - 1, 10**17 + 7])
)


@st.composite
def units_on(draw: st.DrawFn, boundaries: Boundaries, day: date) -> str:
    """A unit of that day's map, more often a commune than not."""
    living = sorted(u for u in boundaries.map(day).parent if u != "VN")
    communes = [u for u in living if boundaries.spans[u][0].level is Level.COMMUNE]
    return draw(st.sampled_from(communes * 3 + living))


@st.composite
def dossiers(draw: st.DrawFn, boundaries: Boundaries) -> Record:
    received, due, closed = draw(MOMENTS), draw(maybe(DAYS)), draw(maybe(MOMENTS))
    if due and draw(st.booleans()):  # closed about when it was due
        closed = datetime.combine(due + timedelta(days=draw(st.integers(-1, 3))), draw(HOURS))
    return {
        "_unit": draw(units_on(boundaries, received.date())),
        "received": received,
        "due": due,
        "closed": closed,
        "paid_on": draw(maybe(DAYS)),
        "citizen": draw(maybe(st.sampled_from(["an", "bo", "chi", "du"]))),
        "fee": draw(maybe(MONEY)),
        "pages": draw(maybe(st.integers(-5, 9))),
        "online": draw(maybe(st.booleans())),
        "channel": draw(maybe(st.sampled_from(["portal", "counter", "post"]))),
        "note": draw(maybe(st.sampled_from(["", "a", "ab", "xã", "it's"]))),
    }


@st.composite
def reported(draw: st.DrawFn, boundaries: Boundaries) -> Record:
    day = draw(DAYS)
    return {
        "_unit": draw(units_on(boundaries, day)),
        "as_of": day,
        "item": draw(st.sampled_from(["homes", "adults"])),
        "amount": draw(maybe(st.integers(0, 50))),
        "met": draw(maybe(st.booleans())),
    }


@st.composite
def sites(draw: st.DrawFn, boundaries: Boundaries) -> Record:
    day = draw(DAYS)
    return {
        "_unit": draw(units_on(boundaries, day)),
        "as_of": day,
        "site": draw(st.sampled_from(["s1", "s2", "s3", "s4"])),
        "visits": draw(maybe(st.integers(0, 50))),
        "works": draw(maybe(st.booleans())),
    }


@st.composite
def records(draw: st.DrawFn, boundaries: Boundaries) -> dict[str, list[Record]]:
    told = {
        DOSSIERS.code: draw(st.lists(dossiers(boundaries), min_size=1, max_size=14)),
        FIGURES.code: draw(st.lists(reported(boundaries), max_size=10)),
        SITES.code: draw(st.lists(sites(boundaries), max_size=8)),
    }
    # A key is borne by one record only.
    one_each = {(r["_unit"], r["item"], r["as_of"]): r for r in told[FIGURES.code]}
    told[FIGURES.code] = list(one_each.values())
    told[SITES.code] = list({(r["site"], r["as_of"]): r for r in told[SITES.code]}.values())
    return told


# -- expressions, each written twice -------------------------------------------------------------


@dataclass(frozen=True)
class Twice:
    """One condition or term as a definition writes it, and as SQLite does."""

    text: str
    lite: str


def _both(template: str, *parts: Twice, lite: str = "") -> Twice:
    return Twice(
        template.format(*(part.text for part in parts)),
        (lite or template).format(*(part.lite for part in parts)),
    )


def _same(*texts: str) -> st.SearchStrategy[Twice]:
    return st.sampled_from([Twice(one, one) for one in texts])


def _day_constant(day: date) -> Twice:
    return Twice(f"date '{day}'", f"'{day} 00:00:00'")


TIMES = st.one_of(
    _same("received", "due", "closed", "paid_on"),
    st.builds(_day_constant, DAYS),
    st.builds(
        lambda t: _both("date_of({0})", t, lite="datetime(date({0}))"),
        _same("received", "closed"),
    ),
    st.builds(
        lambda t: _both(
            "last_day_of_month({0})",
            t,
            lite="datetime({0}, 'start of month', '+1 month', '-1 day')",
        ),
        _same("received", "due"),
    ),
)
NUMBERS = st.recursive(
    st.one_of(
        _same("pages", "pages", "0", "1", "3", "7"),
        st.builds(
            lambda a, b: _both(
                "days_between({0}, {1})",
                a,
                b,
                lite="CAST(julianday(date({1})) - julianday(date({0})) AS INTEGER)",
            ),
            TIMES,
            TIMES,
        ),
        st.builds(
            lambda a: _both("day_of({0})", a, lite="CAST(strftime('%d', {0}) AS INTEGER)"), TIMES
        ),
        st.builds(
            lambda a: _both(
                "weekday_of({0})",
                a,
                lite="((CAST(strftime('%w', {0}) AS INTEGER) + 6) % 7 + 1)",
            ),
            TIMES,
        ),
        st.builds(
            lambda a: _both("month_of({0})", a, lite="CAST(strftime('%m', {0}) AS INTEGER)"), TIMES
        ),
        st.builds(
            lambda a: _both("hour_of({0})", a, lite="CAST(strftime('%H', {0}) AS INTEGER)"),
            _same("received", "closed"),
        ),
        st.builds(lambda a: _both("length({0})", a), _same("note")),
    ),
    lambda inner: st.one_of(
        st.builds(
            lambda op, a, b: _both("({0} " + op + " {1})", a, b),
            st.sampled_from("+-%"),
            inner,
            inner,
        ),
        st.builds(lambda a, n: _both(f"({{0}} * {n})", a), inner, st.integers(0, 9)),
        st.builds(lambda a: _both("(-{0})", a), inner),
        st.builds(lambda a: _both("abs({0})", a), inner),
    ),
    max_leaves=4,
)
COMPARISONS = st.sampled_from(["=", "<>", "<", "<=", ">", ">="])
CHANNELS = st.sampled_from(["portal", "counter", "post"]).map(lambda c: Twice(f"'{c}'", f"'{c}'"))
CONDITIONS = st.recursive(
    st.one_of(
        _same(
            *("online", "true", "false", "fee > 3", "fee is null", "note = 'it''s'"),
            *("channel = 'portal'", "channel in ('portal', 'post')", "citizen <> 'an'"),
            *("unit_level = 'commune'", "unit_level <> 'district'"),
        ).map(lambda one: _both("({0})", one)),
        st.builds(
            lambda op, a, b: _both("({0} " + op + " {1})", a, b), COMPARISONS, NUMBERS, NUMBERS
        ),
        st.builds(lambda op, a, b: _both("({0} " + op + " {1})", a, b), COMPARISONS, TIMES, TIMES),
        st.builds(
            lambda a, b, c: _both("({0} between {1} and {2})", a, b, c), NUMBERS, NUMBERS, NUMBERS
        ),
        st.builds(lambda a, b, c: _both("({0} in ({1}, {2}))", a, b, c), NUMBERS, NUMBERS, NUMBERS),
        st.builds(lambda a: _both("({0} is null)", a), st.one_of(NUMBERS, TIMES)),
        st.builds(
            lambda a: _both(
                "starts_with(note, {0})", a, lite="(substr(note, 1, length({0})) = {0})"
            ),
            _same("'a'", "note", "''", "'xã'"),
        ),
    ),
    lambda inner: st.one_of(
        st.builds(lambda a, b: _both("({0} and {1})", a, b), inner, inner),
        st.builds(lambda a, b: _both("({0} or {1})", a, b), inner, inner),
        st.builds(lambda a: _both("(not {0})", a), inner),
        st.builds(
            lambda a, end: _both("({0} is " + end + ")", a),
            inner,
            st.sampled_from(["true", "false", "not true", "not false"]),
        ),
        st.builds(lambda a, b: _both("({0} = {1})", a, b), inner, inner),
    ),
    max_leaves=4,
)
STATES = _same("true", "met", "met is not null", "amount > 5", "item = 'homes'", "item <> 'homes'")
SITE_STATES = _same("true", "works", "works is not false", "visits % 2 = 0")


# -- definitions ---------------------------------------------------------------------------------

Asked = tuple[Indicator, dict[str, str]]


@st.composite
def flow_parts(draw: st.DrawFn, wheres: dict[str, str]) -> Part:
    where = draw(CONDITIONS)
    wheres[where.text] = where.lite
    received = draw(st.sampled_from(["", "received", "closed", "paid_on", "due"]))
    what = draw(st.sampled_from(["count", "sum", "distinct", "open", "open sum"]))
    if what == "sum":
        return total(draw(st.sampled_from(["fee", "pages"])), where.text, date=received)
    if what == "distinct":
        field = draw(st.sampled_from(["citizen", "channel", "office"]))
        return different(field, draw(st.sampled_from(Window)), where.text, date=received)
    if what.startswith("open"):
        begins, until = draw(st.sampled_from(["received", "due"])), "closed"
        if what == "open":
            return count(where.text, date=begins, until=until)
        return total("pages", where.text, date=begins, until=until)
    return count(where.text, date=received)


@st.composite
def state_parts(draw: st.DrawFn, wheres: dict[str, str]) -> Part:
    if draw(st.booleans()):
        where, stream, field = draw(STATES), FIGURES.code, "amount"
    else:
        where, stream, field = draw(SITE_STATES), SITES.code, "visits"
    wheres[where.text] = where.lite
    return draw(st.sampled_from([count(where.text, stream), total(field, where.text, stream)]))


@st.composite
def indicators(draw: st.DrawFn, number: int) -> Asked:
    wheres: dict[str, str] = {}
    kind = draw(st.sampled_from([Kind.RATIO, Kind.RATIO, Kind.PEOPLE, Kind.UNITS, Kind.MEASURE]))
    flow, states = flow_parts(wheres), state_parts(wheres)
    either = st.one_of(flow, states)
    reporters = draw(
        st.sampled_from([(), (Level.COMMUNE,), (Level.COMMUNE, Level.DISTRICT, Level.AGENCY)])
    )
    one = indicator(
        draw(states if kind in (Kind.UNITS, Kind.MEASURE) else either),
        None if kind is Kind.MEASURE else draw(either),
        draw(states) if kind is Kind.UNITS else None,
        kind=kind,
        code=f"I{number}",
        reported_by=reporters,
    )
    return one, wheres


# -- questions -----------------------------------------------------------------------------------


def _codes() -> list[str]:
    found = []
    for year in (2023, 2024, 2025):
        for rest in ("", "-H1", "-H2", "-Q1", "-Q2", "-Q3", "-Q4"):
            found += [f"{year}{rest}", f"{year}{rest}r"]
        for month in range(1, 13):
            stem = f"{year}-{month:02}"
            found += [f"{stem}{end}" for end in ("", "r", "a", "b", "-ytd", "-ytdr")]
    return [code for code in found if code.startswith(("2024", "2023-1", "2025-0"))]


PERIODS = st.one_of(
    st.sampled_from(["2024", "2024-Q2", "2024-05", "2024-05a", "2024-05r", "2024-07", "2024-04b"]),
    st.sampled_from(_codes()),
).map(Period.parse)
VIEWS = st.one_of(
    st.just(View()),
    st.builds(
        View,
        st.sampled_from(
            [d + timedelta(days=n) for d in [*CHANGE_DAYS, AFTER_ALL] for n in (-1, 0, 1)]
        ),
    ),
)
