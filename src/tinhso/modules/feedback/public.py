"""What everybody may read: published reports, by list, map, agency. Asks nobody who they are, and never
touches what is not published; that a private report cannot be published is the database's own rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from tinhso.kernel.cases.cells import Cell, cells_in
from tinhso.kernel.cases.models import Case
from tinhso.kernel.cases.waiting import published_text, published_title
from tinhso.kernel.clock.calendar import LOCAL
from tinhso.kernel.units.register import register
from tinhso.measure.text import InputError, Place, Problem, message
from tinhso.modules.feedback.categories import categories, pairs, suggest
from tinhso.modules.feedback.places import METRES, Point, metres

KIND = "feedback"
PAGE = 20
#: A map shows single reports up to so many, else circles with numbers; and so many circles at most.
MOST_POINTS, MOST_CELLS = 150, 144
#: What is near enough, new enough, to be the same thing. The product's choice.
SIMILAR_METRES, SIMILAR_DAYS, SIMILAR_MOST = 300, 30, 5

BAD_FILTER = message(
    "feedback-filter",
    vi="Không lọc được theo “{found}”. Chọn lại ở mục lọc.",
    en='Cannot filter by "{found}". Choose again above the list.',
)


@dataclass(frozen=True)
class Filter:
    """Which published reports; empty: all. `state`: `open` or `closed`. Days: [since, until]."""

    category: str = ""
    commune: str = ""
    state: str = ""
    agency: str = ""
    since: date | None = None
    until: date | None = None

    @property
    def spans(self) -> tuple[datetime | None, datetime | None]:
        """The time of receipt, half-open."""
        first = datetime.combine(self.since, time.min, LOCAL) if self.since else None
        last = self.until + timedelta(days=1) if self.until else None
        return first, datetime.combine(last, time.min, LOCAL) if last else None


def filter_of(asked: Mapping[str, str]) -> Filter:
    """The filter that an address holds. Raises InputError."""
    problems: list[Problem] = []

    def one_of(name: str, known: Iterable[str]) -> str:
        value = asked.get(name, "")
        if value and value not in known:
            problems.append(BAD_FILTER(Place(name), found=value[:60]))
        return value

    def day(name: str) -> date | None:
        value = asked.get(name, "")
        try:
            return date.fromisoformat(value) if value else None
        except ValueError:
            problems.append(BAD_FILTER(Place(name), found=value[:60]))
            return None

    units = register()
    found = Filter(
        one_of("linh-vuc", categories()),
        one_of("xa", units.lives),
        one_of("tinh-trang", ("open", "closed")),
        one_of("co-quan", units.lives),
        day("tu"),
        day("den"),
    )
    if problems:
        raise InputError(problems)
    return found


def published(chosen: Filter = Filter()) -> QuerySet[Case]:
    """The published reports that a filter lets through."""
    rows = Case.objects.filter(kind=KIND, published_at__isnull=False)
    if chosen.category:
        rows = rows.filter(category=chosen.category)
    if chosen.commune:
        rows = rows.filter(place__in=_through_time(chosen.commune))
    if chosen.state:
        rows = rows.filter(open=chosen.state == "open")
    if chosen.agency:
        rows = rows.filter(lead__in=_through_time(chosen.agency))
    first, last = chosen.spans
    if first:
        rows = rows.filter(received_at__gte=first)
    if last:
        rows = rows.filter(received_at__lt=last)
    return rows


def _through_time(uid: str) -> list[str]:
    """A unit and those that it was made from: their reports are its own now."""
    found, waiting = set(), [uid]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += [event.source for event in register().came_from(one)]
    return sorted(found)


@dataclass(frozen=True)
class Listed:
    """A page of the list, newest first; `more`: what to ask for the next one, "" at the end."""

    cases: list[Case]
    more: str


def listed(chosen: Filter, before: str = "") -> Listed:
    rows = published(chosen).order_by("-received_at", "-code")
    if before:
        at, _, code = before.partition("_")
        try:
            moment = datetime.fromisoformat(at)
        except ValueError:
            raise InputError([BAD_FILTER(Place("truoc"), found=before[:60])]) from None
        if moment.tzinfo is None:
            raise InputError([BAD_FILTER(Place("truoc"), found=before[:60])])
        rows = rows.filter(received_at__lte=moment).filter(
            Q(received_at__lt=moment) | Q(code__lt=code)
        )
    found = list(rows[: PAGE + 1])
    more = ""
    if len(found) > PAGE:
        last = found[PAGE - 1]
        more = f"{last.received_at.isoformat()}_{last.code}"
    return Listed(found[:PAGE], more)


# -- the map ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class View:
    """What a map shows, in degrees."""

    south: float
    west: float
    north: float
    east: float


def view_of(text: str) -> View:
    """`south,west,north,east`. Raises InputError."""
    try:
        south, west, north, east = (float(one) for one in text.split(","))
    except ValueError:
        raise InputError([BAD_FILTER(Place("khung"), found=text[:60])]) from None
    if not (-90 <= south <= north <= 90 and -180 <= west <= east <= 180):
        raise InputError([BAD_FILTER(Place("khung"), found=text[:60])])
    return View(south, west, north, east)


def on_map(view: View, chosen: Filter) -> dict[str, Any]:
    """Single reports where they are few, else circles with how many lie around there.

    Counted in the database by ranges of the grid's numbers, each one a stretch of an index that
    holds all that filters ask about: 200,000 reports are counted without reading one.
    """
    cells = cells_in(view.south, view.west, view.north, view.east, MOST_CELLS)
    groups = _counted(cells, chosen)
    total = sum(n for n, _, _ in groups)
    if total > MOST_POINTS:
        circles = [{"n": n, "lat": round(lat, 5), "lon": round(lon, 5)} for n, lat, lon in groups]
        return {"total": total, "circles": circles, "points": []}
    inside = Q(pk__in=[])
    for cell in cells_in(view.south, view.west, view.north, view.east, 9):
        inside |= Q(cell__gte=cell.first, cell__lt=cell.until)
    rows = published(chosen).filter(
        inside,
        lat__range=(view.south, view.north),
        lon__range=(view.west, view.east),
    )
    points = [
        {
            "code": one.code,
            "title": published_title(one),
            "lat": one.lat,
            "lon": one.lon,
            "open": one.open,
            "category": one.category,
        }
        for one in rows.order_by("-received_at")[: MOST_POINTS + 1]
    ]
    return {"total": len(points), "circles": [], "points": points}


def _counted(cells: list[Cell], chosen: Filter) -> list[tuple[int, float, float]]:
    """How many reports each cell holds, and their middle; cells without any are left out."""
    where, given = _conditions(chosen)
    ranges = ", ".join(["(%s, %s)"] * len(cells))
    bounds = [number for cell in cells for number in (cell.first, cell.until)]
    # One value from one reading of each stretch, on any database; none where nothing lies there.
    told = "count(*) || ' ' || avg(c.lat) || ' ' || avg(c.lon)"
    sql = (
        f"WITH g(lo, hi) AS (VALUES {ranges}) SELECT (SELECT {told} FROM cases_case c"
        f" WHERE {where} AND c.cell >= g.lo AND c.cell < g.hi) FROM g"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [*bounds, *given])
        found = [row[0].split() for row in cursor.fetchall() if row[0]]
    return [(int(n), float(lat), float(lon)) for n, lat, lon in found]


def _conditions(chosen: Filter) -> tuple[str, list[Any]]:
    parts, given = ["c.kind = %s", "c.published_at IS NOT NULL"], [KIND]
    first, last = chosen.spans
    wanted = (
        ("c.category = %s", chosen.category),
        # IS TRUE keeps planners from an index by time, which each cell would read anew.
        ("(c.received_at >= %s) IS TRUE", first and _stored(first)),
        ("(c.received_at < %s) IS TRUE", last and _stored(last)),
    )
    for part, value in wanted:
        if value:
            parts.append(part)
            given.append(value)
    for column, uid in (("place_id", chosen.commune), ("lead_id", chosen.agency)):
        if uid:
            own = _through_time(uid)
            parts.append(f"c.{column} IN ({', '.join(['%s'] * len(own))})")
            given += own
    if chosen.state:
        parts.append("c.open" if chosen.state == "open" else "NOT c.open")
    return " AND ".join(parts), given


def _stored(at: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(at)


# -- the same thing, reported already ---------------------------------------------------------------


@dataclass(frozen=True)
class Similar:
    """`metres`: how far away; None where one of the two has no point, and the commune is the same."""

    case: Case
    metres: int | None


def similar(
    category: str, words: str, point: Point | None, commune: str, now: datetime | None = None
) -> list[Similar]:
    """Published reports that may be of the same thing, the nearest first.

    Near the point: of the chosen category; where none is chosen, of the one that the words speak of or
    with two words in a row in common. Without a point, of the commune: always with such words. Without
    any place: none.
    """
    guess, own = category or suggest(words), pairs(words)
    rows = published(Filter(category)).filter(
        received_at__gte=(now or timezone.now()) - timedelta(days=SIMILAR_DAYS)
    )

    def shared(one: Case) -> int:
        return len(own & pairs(f"{published_title(one)}\n{published_text(one)}"))

    found: list[tuple[int, Similar]] = []
    if point is not None:
        found = [
            (away, Similar(one, away))
            for one, away in _within(rows, point)
            if (guess and one.category == guess) or shared(one)
        ]
    elif commune and own:
        here = rows.filter(place__in=_through_time(commune)).order_by("-received_at")[:200]
        found = [(-same, Similar(one, None)) for one in here if (same := shared(one))]
    return [one for _, one in sorted(found, key=lambda each: each[0])[:SIMILAR_MOST]]


def _within(rows: QuerySet[Case], point: Point) -> list[tuple[Case, int]]:
    """Those not farther than SIMILAR_METRES from a point, and how far they are."""
    high = SIMILAR_METRES / METRES
    wide = high * 1.2  # at the country's latitudes a degree of longitude is not much shorter
    near = rows.filter(
        lat__range=(point[0] - high, point[0] + high),
        lon__range=(point[1] - wide, point[1] + wide),
    )
    found = [
        (one, round(metres(point, (one.lat, one.lon))))
        for one in near.order_by("-received_at")[:200]
        if one.lat is not None and one.lon is not None
    ]
    return [(one, away) for one, away in found if away <= SIMILAR_METRES]
