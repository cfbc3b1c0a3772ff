"""Receipts (biên nhận): what became of a file, for the sender and for the log."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from tinhso.measure.text import Problem, Text


class Mode(StrEnum):
    """What the sender wants done when some rows are bad."""

    ALL_OR_NOTHING = "all-or-nothing"
    ACCEPT_GOOD = "accept-good"


class Status(StrEnum):
    """What was done."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNCHANGED = "unchanged"  # the lake already says all that the file says
    WITHDRAWN = "withdrawn"


_STATUS = {
    Status.ACCEPTED: Text("Đã nhận", "Accepted"),
    Status.REFUSED: Text("Không nhận: có dòng lỗi", "Refused: there are bad rows"),
    Status.UNCHANGED: Text("Không có gì thay đổi", "Nothing changed"),
    Status.WITHDRAWN: Text("Đã rút", "Withdrawn"),
}


@dataclass(frozen=True)
class Tally:
    """One kind of problem: how many rows have it, an example, and the example's row."""

    problem: Problem
    count: int
    row: int


@dataclass(frozen=True)
class Receipt:
    """What became of a file or a withdrawal.

    `batch` is the batch that was written, or that had brought the same file before; None when
    there is none. `snapshot` is the lake's newest after it. Of a withdrawal, `read` counts the
    records that disappeared and `corrected` those whose earlier version came back.
    """

    status: Status
    stream: str
    file: str
    batch: int | None
    snapshot: int
    read: int = 0
    added: int = 0
    corrected: int = 0
    same: int = 0
    bad: int = 0
    returned: Path | None = None
    problems: tuple[Tally, ...] = ()  # most frequent first
    warnings: tuple[Problem, ...] = ()

    def to(self, language: str) -> str:
        """The receipt as a few lines of text for a terminal."""
        lines = [f"{_STATUS[self.status].to(language)}: {self.file or self.stream}"]
        if self.batch is not None:
            lines.append(_line(language, _BATCH, batch=self.batch, snapshot=self.snapshot))
        if self.status is Status.WITHDRAWN:
            lines.append(_line(language, _GONE, read=self.read, corrected=self.corrected))
        elif self.read:
            counts = {
                "read": self.read,
                "added": self.added,
                "corrected": self.corrected,
                "same": self.same,
                "bad": self.bad,
            }
            lines.append(_line(language, _COUNTS, **counts))
        lines += [
            _line(language, _TALLY, count=t.count, row=t.row, text=t.problem.to(language))
            for t in self.problems
        ]
        lines += [f"! {warning.to(language)}" for warning in self.warnings]
        if self.returned is not None:
            lines.append(_line(language, _RETURNED, path=self.returned))
        return "\n".join(lines)


_BATCH = Text("  Lô số {batch}, bản chụp {snapshot}", "  Batch {batch}, snapshot {snapshot}")
_COUNTS = Text(
    "  Đọc {read} dòng: thêm {added}, sửa {corrected}, giữ nguyên {same}, lỗi {bad}",
    "  {read} rows read: {added} added, {corrected} corrected, {same} the same, {bad} bad",
)
_GONE = Text(
    "  {read} bản ghi đã rút, {corrected} bản ghi trở lại phiên bản trước",
    "  {read} records withdrawn, {corrected} of them back to an earlier version",
)
_TALLY = Text("  {count} × {text} (dòng {row})", "  {count} × {text} (row {row})")
_RETURNED = Text("  Các dòng lỗi: {path}", "  Bad rows: {path}")


def _line(language: str, text: Text, /, **values: object) -> str:
    return text.to(language).format(
        **{
            name: _number(value, language)
            if isinstance(value, int) and name not in _NAMES
            else value
            for name, value in values.items()
        }
    )


_NAMES = ("batch", "snapshot", "row")  # numbers that name something are not grouped


def _number(value: int, language: str) -> str:
    grouped = f"{value:,}"
    return grouped if language == "en" else grouped.replace(",", ".")
