"""From checked trees to the plan as values (dựng kế hoạch). Trees here have passed every check."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from tinhso.measure.boundaries import Level
from tinhso.measure.definition_files import text_of
from tinhso.measure.definitions import Source
from tinhso.measure.periods import PeriodKind
from tinhso.measure.scorecards.reading import read_result
from tinhso.measure.text import Place, Text
from tinhso.measure.yamltree import Tree
from tinhso.modules.plan.pack.checking import Findings
from tinhso.modules.plan.pack.layout import Folder
from tinhso.modules.plan.pack.model import (
    Agency,
    Baseline,
    BaselinePart,
    Change,
    Claim,
    Contradiction,
    Document,
    DocumentKind,
    Duty,
    Gap,
    Jumps,
    KnownBy,
    MeasuredIn,
    Operator,
    Pack,
    PackType,
    Pillar,
    Plan,
    Province,
    Rank,
    ReportingDuty,
    SolutionGroup,
    Step,
    Target,
    Task,
    TasksTotal,
)
from tinhso.modules.plan.pack.texts import definition_texts

Data = Mapping[str, Any]
T = TypeVar("T")


def build_pack(found: Findings) -> Pack:
    """The pack of findings without problems."""
    own = found.own
    [tree] = own.of("pack")
    data: Data = tree.data
    documents = [
        document for folder in found.folders for document in _each(folder, "documents", _document)
    ]
    return Pack(
        code=data["code"],
        type=PackType(data["type"]),
        version=data["version"],
        name=text_of(data["name"]),
        description=text_of(data["description"]),
        example=data.get("example", False),
        folder=own.path,
        uses=tuple(data.get("uses", ())),
        documents={document.code: document for document in documents},
        streams=found.streams,
        indicators=found.indicators,
        checks=found.checks,
        scorecards=found.scorecards,
        results=tuple(read_result(item) for tree in own.of("results") for item in tree.data),
        plan=_plan(own) if own.of("plan") else None,
        texts=definition_texts(found.folders),
    )


def _each(folder: Folder, kind: str, build: Callable[[Data, Place], T]) -> tuple[T, ...]:
    """Every item of the folder's files of one kind, in the order of files and lines."""
    return tuple(
        build(item, tree.place((index, "code")))
        for tree in folder.of(kind)
        for index, item in enumerate(tree.data)
    )


def _plan(folder: Folder) -> Plan:
    [tree] = folder.of("plan")
    data: Data = tree.data
    return Plan(
        document=data["document"],
        year=data["year"],
        title=text_of(data["title"]),
        unit=data["unit"],
        goal=text_of(data["goal"]),
        standing_agency=data["standing_agency"],
        pillars=tuple(
            Pillar(item["code"], text_of(item["name"]), tree.place(("pillars", index, "code")))
            for index, item in enumerate(data["pillars"])
        ),
        subject=_text(data, "subject"),
        province=_province(data["province"]) if "province" in data else None,
        carries_on=tuple(data.get("carries_on", ())),
        source=_source(data["source"]) if "source" in data else None,
        tasks_total=_tasks_total(data["tasks_total"]) if "tasks_total" in data else None,
        agencies=_each(folder, "agencies", _agency),
        targets=_each(folder, "targets", _target),
        groups=tuple(
            _group(tree, index) for tree in folder.of("tasks") for index in range(len(tree.data))
        ),
        duties=_each(folder, "duties", _duty),
        baselines=_each(folder, "baselines", _baseline),
        contradictions=_each(folder, "contradictions", _contradiction),
        gaps=_each(folder, "gaps", _gap),
        changes=_each(folder, "changes", _change),
        reporting=_each(folder, "reporting", _reporting),
        place=tree.place(("document",)),
    )


def _text(data: Data, key: str) -> Text | None:
    return text_of(data[key]) if key in data else None


def _texts(data: Data, key: str) -> tuple[Text, ...]:
    return tuple(text_of(item) for item in data.get(key, ()))


def _day(data: Data, key: str) -> date | None:
    return date.fromisoformat(data[key]) if key in data else None


def _source(data: Data) -> Source:
    return Source(data["document"], _text(data, "item"))


def _sources(data: Data, key: str = "references") -> tuple[Source, ...]:
    return tuple(_source(item) for item in data.get(key, ()))


def _province(data: Data) -> Province:
    return Province(
        data["code"], text_of(data["name"]), data.get("districts"), data.get("communes")
    )


def _tasks_total(data: Data) -> TasksTotal:
    return TasksTotal(data["count"], _source(data["source"]))


def _document(data: Data, place: Place) -> Document:
    return Document(
        code=data["code"],
        kind=DocumentKind(data["kind"]),
        title=text_of(data["title"]),
        issuer=_text(data, "issuer"),
        issued=_day(data, "issued"),
        in_force=_day(data, "in_force"),
        site=data.get("site", ""),
        item=data.get("item", ""),
        note=_text(data, "note"),
        place=place,
    )


def _agency(data: Data, place: Place) -> Agency:
    return Agency(data["code"], text_of(data["name"]), _text(data, "note"), place)


def _target(data: Data, place: Place) -> Target:
    return Target(
        code=data["code"],
        pillar=data["pillar"],
        indicator=data["indicator"],
        name=text_of(data["name"]),
        operator=Operator(data["operator"]),
        threshold=Decimal(data["threshold"]),
        measure=MeasuredIn(data["measure"]),
        deadline=date.fromisoformat(data["deadline"]),
        level=Level(data["level"]),
        known_by=tuple(KnownBy(way) for way in data["known_by"]),
        references=_sources(data),
        notes=_texts(data, "notes"),
        gaps=_texts(data, "gaps"),
        place=place,
    )


def _group(tree: Tree, index: int) -> SolutionGroup:
    data: Data = tree.data[index]
    tasks = tuple(
        Task(
            code=item["code"],
            group=data["code"],
            name=text_of(item["name"]),
            owner=item.get("owner"),
            start=_day(item, "start"),
            deadline=_day(item, "deadline"),
            references=_sources(item),
            note=_text(item, "note"),
            place=tree.place((index, "tasks", number, "code")),
        )
        for number, item in enumerate(data["tasks"])
    )
    place = tree.place((index, "code"))
    return SolutionGroup(data["code"], text_of(data["name"]), tasks, _sources(data), place)


def _duty(data: Data, place: Place) -> Duty:
    return Duty(
        code=data["code"],
        agency=data.get("agency"),
        bodies=_text(data, "bodies"),
        duty=text_of(data["duty"]),
        references=_sources(data),
        place=place,
    )


def _baseline(data: Data, place: Place) -> Baseline:
    rank = data.get("rank")
    return Baseline(
        code=data["code"],
        name=text_of(data["name"]),
        year=data.get("year"),
        value=Decimal(data["value"]),
        measure=MeasuredIn(data["measure"]),
        same_definition=data["same_definition"],
        source=_source(data["source"]),
        approximate=data.get("approximate", False),
        out_of=Decimal(data["out_of"]) if "out_of" in data else None,
        rank=Rank(rank["place"], rank.get("of")) if rank else None,
        parts=tuple(
            BaselinePart(text_of(part["name"]), Decimal(part["value"]))
            for part in data.get("parts", ())
        ),
        targets=tuple(data.get("targets", ())),
        difference=_text(data, "difference"),
        place=place,
    )


def _contradiction(data: Data, place: Place) -> Contradiction:
    return Contradiction(
        code=data["code"],
        subject=text_of(data["subject"]),
        claims=tuple(Claim(item["value"], _source(item["source"])) for item in data["claims"]),
        document=data.get("document"),
        handling=_text(data, "handling"),
        place=place,
    )


def _gap(data: Data, place: Place) -> Gap:
    return Gap(
        code=data["code"],
        subject=text_of(data["subject"]),
        text=text_of(data["text"]),
        targets=tuple(data.get("targets", ())),
        place=place,
    )


def _change(data: Data, place: Place) -> Change:
    return Change(
        code=data["code"],
        text=text_of(data["text"]),
        date=_day(data, "date"),
        about=_text(data, "about"),
        consequence=_text(data, "consequence"),
        agencies=tuple(data.get("agencies", ())),
        source=_source(data["source"]) if "source" in data else None,
        place=place,
    )


def _reporting(data: Data, place: Place) -> ReportingDuty:
    return ReportingDuty(
        code=data["code"],
        name=text_of(data["name"]),
        indicators=tuple(data["indicators"]),
        level=Level(data["level"]),
        reporting=data["calendar"] == "reporting",
        every=PeriodKind(data["every"]),
        since=date.fromisoformat(data["since"]),
        until=_day(data, "until"),
        due_days=data["due_days"],
        steps=tuple(Step(one) for one in data["steps"]),
        jumps=Jumps(**data["jumps"]),
        basis=text_of(data["basis"]),
        control=data.get("control", False),
        department=data.get("department", ""),
        source=_source(data["source"]) if "source" in data else None,
        place=place,
    )
