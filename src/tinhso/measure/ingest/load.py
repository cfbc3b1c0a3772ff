"""Loading one file: read, judge, explain, write (nạp một tệp)."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb

from tinhso.measure.boundaries import Boundaries
from tinhso.measure.ingest import log, messages
from tinhso.measure.ingest.checks import Reading, reading
from tinhso.measure.ingest.explaining import Explained, explain
from tinhso.measure.ingest.formats import Facts, examine, open_source
from tinhso.measure.ingest.parquet_files import damaged
from tinhso.measure.ingest.parsing import declare_macros
from tinhso.measure.ingest.progress import OnProgress, Progress
from tinhso.measure.ingest.pseudonyms import declare_pseudonym
from tinhso.measure.ingest.receipt import Mode, Receipt, Status
from tinhso.measure.ingest.rekeying import check_key, persons_of, remember_key
from tinhso.measure.ingest.returned import Returned
from tinhso.measure.ingest.returned_workbook import answered
from tinhso.measure.ingest.sources import Source, quoted
from tinhso.measure.ingest.staging import (
    Judged,
    judge,
    on_unit,
    place_units,
    stage,
    staging_folder,
    unit_and_heir,
    unknown_procedures,
)
from tinhso.measure.lake import Lake
from tinhso.measure.streams import Stream
from tinhso.measure.text import InputError, Problem, Text


def ingest(
    lake: Lake,
    stream: str,
    path: Path,
    *,
    boundaries: Boundaries,
    mode: Mode,
    today: date,
    person_key: bytes,
    simulated: str = "",
    note: str = "",
    on_progress: OnProgress | None = None,
    returned_to: Path | None = None,
    language: str = "vi",
) -> Receipt:
    """Load the file at `path` into `stream`; a batch is seen whole or not at all.

    A record whose key the lake has with other values is a correction and takes its place whole;
    with the same values nothing changes. Loading a file again that a standing batch brought
    changes nothing, whatever has happened to its records since: withdraw the batch first.

    `today` bounds dates that may not lie in the future. `person_key` (at least 16 bytes) makes
    the pseudonyms. `simulated` names what made the records when they are not real. With
    `returned_to`, a file or a folder, the bad rows come back as a file in the same format, with a
    column that says what is wrong with them in `language`; the receipt names it. A workbook comes
    back whole, showing its bad rows. Sent in again, what it says as it said then is no news.

    Raises InputError when the file as a whole cannot be taken, and ValueError for a short key.
    """
    if stream not in lake.streams:
        known = ", ".join(sorted(lake.streams))
        raise InputError([messages.UNKNOWN_STREAM(stream=stream, streams=known)])
    facts = examine(path)
    declared = lake.streams[stream]
    # The folder comes with the lock, so that what a dead load left goes even if nothing is to load.
    with lake.writer() as connection, staging_folder(lake.settings.folder) as folder:
        earlier = log.earlier(connection, stream, facts.digest)
        if earlier is not None:
            snapshot = lake.snapshot(connection)
            return Receipt(Status.UNCHANGED, stream, path.name, earlier.batch, snapshot)
        load = _Load(lake, connection, declared, path, folder, facts, boundaries, person_key)
        load.read(today, Progress(connection, on_progress))
        return load.write(mode, simulated, note, returned_to, language)


class _Load:
    """One file on its way into the lake, under the lake's lock."""

    def __init__(
        self,
        lake: Lake,
        connection: duckdb.DuckDBPyConnection,
        stream: Stream,
        path: Path,
        folder: Path,
        facts: Facts,
        boundaries: Boundaries,
        person_key: bytes,
    ) -> None:
        self._lake = lake
        self._key = person_key
        # A lake that holds no pseudonyms yet takes whatever key comes first.
        self._new_key = bool(persons_of(stream)) and not check_key(connection, person_key)
        self._connection = connection
        self._stream = stream
        self._path = path
        self._folder = folder
        self._facts = facts
        self._boundaries = boundaries
        self._link = folder / "source"
        self._link.symlink_to(path.resolve())
        self._source: Source
        self._reading: Reading
        self._progress: Progress
        self._judged: Judged

    def read(self, today: date, progress: Progress) -> None:
        """Stage and judge every row. Raises InputError when the file cannot be read to its end."""
        connection = self._connection
        self._progress = progress
        declare_macros(connection)
        declare_pseudonym(connection, self._key)
        source = open_source(connection, self._path, self._link, self._facts, self._stream)
        try:
            self._stage(source, today)
        except duckdb.Error as error:
            if source.fallback is None:
                raise damaged(error) from error
            # Not CSV by the rules: read it the patient way, which tells each bad row by itself.
            self._stage(source.fallback, today)
        place_units(connection, self._boundaries)
        answers = answered(self._path) if self._source.kind == "xlsx" else ()
        said = log.said_by(connection, self._stream.code, answers)
        with progress.step(0.75):
            self._judged = judge(connection, self._stream, said, self._key)

    def _stage(self, source: Source, today: date) -> None:
        self._source = source
        sample = source.sample(self._connection)
        may_hold_nul = source.kind in ("jsonl", "parquet", "xlsx")
        self._reading = reading(
            self._stream, source.layout, sample, today, may_hold_nul=may_hold_nul
        )
        stage(self._connection, self._folder, source, self._reading, self._progress)

    def write(
        self, mode: Mode, simulated: str, note: str, returned_to: Path | None, language: str
    ) -> Receipt:
        """Say what is wrong, and commit what is to be committed in one transaction."""
        connection, judged = self._connection, self._judged
        explained, returned = self._explain(returned_to, language)
        refused = bool(judged.bad) and mode is Mode.ALL_OR_NOTHING
        if explained.month_first and not refused:
            self._trust_dates(explained)
        if not self._facts.still_holds(self._path):
            raise InputError([messages.FILE_CHANGED()])
        before = self._lake.snapshot(connection)
        receipt = Receipt(
            status=Status.REFUSED if refused else Status.ACCEPTED,
            stream=self._stream.code,
            file=self._path.name,
            batch=None,
            snapshot=before,
            read=judged.read,
            added=0 if refused else judged.added,
            corrected=0 if refused else judged.corrected,
            same=judged.same,
            bad=judged.bad,
            problems=explained.most_frequent(),
            warnings=(*self._warnings(), *(returned.notes if returned is not None else ())),
            returned=returned.finish() if returned is not None else None,
        )
        if not (judged.bad or judged.added or judged.corrected):
            self._progress.reach(1.0)
            return replace(receipt, status=Status.UNCHANGED)
        digest = self._facts.digest
        if refused:
            old = log.refused_before(connection, self._stream.code, digest, judged.bad)
            if old is not None:
                self._progress.reach(1.0)
                return replace(receipt, batch=old.batch)
        receipt = replace(receipt, batch=log.next_batch(connection))
        with self._progress.step(0.99), log.transaction(connection):
            if not refused:
                self._write_records(receipt)
                if self._new_key:
                    remember_key(connection, self._key, before)
            self._write_quarantine(receipt)
            log.record(
                connection,
                receipt,
                digest=digest,
                mode=mode,
                simulated=simulated,
                note=note,
                before=before,
            )
        self._progress.reach(1.0)
        return replace(receipt, snapshot=self._lake.snapshot(connection))

    def _explain(
        self, returned_to: Path | None, language: str
    ) -> tuple[Explained, Returned | None]:
        if not self._judged.bad:
            return Explained(), None
        returned = None
        if returned_to is not None:
            returned = Returned(
                self._connection,
                self._source,
                self._stream,
                self._link,
                self._path,
                self._facts.digest,
                returned_to,
                language,
            )
        with returned or nullcontext():
            explained = explain(
                self._connection,
                self._source,
                self._reading,
                self._boundaries,
                self._folder,
                returned,
                language,
            )
        return explained, returned

    def _trust_dates(self, explained: Explained) -> None:
        """Refuse a column that puts the month first: its other dates would be read wrongly."""
        problems = []
        for name, problem in explained.month_first.items():
            if name not in self._reading.day_first:
                continue
            query = f'SELECT count(*) FROM (SELECT 1 FROM staged WHERE day("{name}") > 12 LIMIT 1)'
            row = self._connection.execute(query).fetchone()
            if row == (0,):
                params = problem.params
                problems.append(
                    messages.MONTH_FIRST_FILE(label=params["label"], value=params["value"])
                )
        if problems:
            raise InputError(problems)

    def _warnings(self) -> list[Problem]:
        warnings = []
        unknown = unknown_procedures(self._connection, self._stream)
        if unknown:
            warnings.append(messages.NOT_IN_CATALOGUE(count=unknown))
        columns = self._source.layout.columns
        absent = [f.label for f in self._stream.fields if f.name not in columns]
        if absent:
            names = Text(", ".join(t.vi for t in absent), ", ".join(t.en for t in absent))
            warnings.append(messages.ABSENT_COLUMNS(columns=names))
        return warnings

    def _write_records(self, receipt: Receipt) -> None:
        connection, stream = self._connection, self._stream
        table = f'lake."{stream.code}"'
        if self._judged.corrected:
            key = ", ".join(f's."{name}"' for name in stream.key)
            same = " AND ".join(f't."{name}" = k."{name}"' for name in stream.key)
            connection.execute(
                f"DELETE FROM {table} t USING (SELECT {key} FROM staged s"
                f" JOIN matched m ON m._row = s._row AND NOT m.same) k WHERE {same}"
            )
        if not (self._judged.added or self._judged.corrected):
            return
        names = ", ".join(f'"{f.name}"' for f in stream.fields)
        values = ", ".join(f's."{f.name}"' for f in stream.fields)
        # A row carries its number, so the order in which threads write rows no longer matters.
        connection.execute("SET preserve_insertion_order = false")
        unit, heir = unit_and_heir(stream)
        connection.execute(
            f"INSERT INTO {table} ({names}, _unit, _level, _batch, _row)"
            f" SELECT {values}, {unit}, u.level, {receipt.batch}, s._row"
            f" FROM staged s JOIN units u ON {on_unit(stream)}{heir}"
            " ANTI JOIN skipped k ON k._row = s._row WHERE NOT s._bad"
        )

    def _write_quarantine(self, receipt: Receipt) -> None:
        if not receipt.bad:
            return
        files = quoted(self._folder / "quarantine-*.parquet")
        self._connection.execute(
            'INSERT INTO lake._quarantine (batch, stream, "row", unit, raw, problems, "at")'
            f' SELECT {receipt.batch}, ?, "row", unit, raw, problems, ? FROM read_parquet({files})',
            [self._stream.code, log.now()],
        )
