"""Apache Spark: statements run by a cluster, or by a Spark on this machine.

Where the cluster is, Spark is told in its own way: `spark.master` in the `spark-defaults.conf` of
SPARK_CONF_DIR, or PYSPARK_SUBMIT_ARGS. Without, it runs here, on all cores.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import duckdb

from tinhso.measure.engines.runners import Exchange, check_records, exchange, quoted
from tinhso.measure.expressions import SPARK, Dialect
from tinhso.measure.lake_files import RecordFiles, files_of
from tinhso.measure.sql import table_of
from tinhso.measure.streams import Stream
from tinhso.measure.text import InputError, message

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

NOT_INSTALLED = message(
    "spark-not-installed",
    vi="Chưa cài Apache Spark cho Python. Cài bằng: pip install 'tinhso[spark]', hoặc đặt TINHSO_ENGINE=auto.",
    en="Apache Spark for Python is not installed. Install it with: pip install 'tinhso[spark]', or set TINHSO_ENGINE=auto.",
)
NO_JAVA = message(
    "spark-no-java",
    vi="Spark cần Java 17 trở lên, máy này không có lệnh java. Cài Java (Debian: apt-get install openjdk-17-jre-headless) hoặc đặt JAVA_HOME; hay đặt TINHSO_ENGINE=auto.",
    en="Spark needs Java 17 or later, and there is no java here. Install it (Debian: apt-get install openjdk-17-jre-headless) or set JAVA_HOME; or set TINHSO_ENGINE=auto.",
)
DOES_NOT_START = message(
    "spark-does-not-start",
    vi="Spark không khởi động được: {detail}. Kiểm tra Java (17 trở lên) và spark.master trong spark-defaults.conf (SPARK_CONF_DIR), hoặc đặt TINHSO_ENGINE=auto.",
    en="Spark does not start: {detail}. Look at Java (17 or later) and spark.master in spark-defaults.conf (SPARK_CONF_DIR), or set TINHSO_ENGINE=auto.",
)

#: DuckDB's types in Spark: its moments have no time zone.
TYPES = {
    "VARCHAR": "STRING",
    "BIGINT": "BIGINT",
    "BOOLEAN": "BOOLEAN",
    "DATE": "DATE",
    "TIMESTAMP": "TIMESTAMP_NTZ",
}

#: What statements rely on: errors instead of wrong numbers, no clock of any place, texts as written.
SETTINGS = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.variable.substitute": "false",
}


#: Where either is set, it says where the cluster is, and what listens where.
_ELSEWHERE = {"SPARK_CONF_DIR", "PYSPARK_SUBMIT_ARGS"}

#: A Spark of this machine listens to nobody else.
ON_THIS_MACHINE = {
    "spark.master": "local[*]",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}


class SparkRunner:
    """Statements over views of the lake's files, in a session of their own."""

    dialect: Dialect = SPARK

    def __init__(self, session: SparkSession, through: Exchange) -> None:
        self.session = session
        self.through = through

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        return self.through.connection

    def show(self, name: str, files: RecordFiles) -> None:
        """Make the view `name` of a stream's records."""
        schema = ", ".join(f"`{column}` {TYPES[kind]}" for column, kind in files.columns.items())

        def read(paths: Sequence[str]) -> DataFrame:
            return self.session.read.schema(schema).parquet(*map(_no_pattern, paths))

        found = read([*files.whole, *([str(files.loose)] if files.loose else [])])
        if files.partial:
            gone = self.session.read.parquet(_no_pattern(str(files.gone)))
            rows = read(files.partial).select("*", "_metadata.file_name", "_metadata.row_index")
            same = (rows.file_name == gone.name) & (rows.row_index == gone.row)
            found = found.union(rows.join(gone, same, "left_anti").drop("file_name", "row_index"))
        found.createOrReplaceTempView(name)

    def share(self, table: str) -> None:
        path = self.through.write(table)
        self.session.read.parquet(_no_pattern(str(path))).createOrReplaceTempView(table)

    def rows(self, sql: str) -> str:
        path = self.through.result()
        self.session.sql(sql).write.parquet(str(path))
        return f"read_parquet('{quoted(path)}/*.parquet')"


@contextmanager
def running(
    connection: duckdb.DuckDBPyConnection, streams: Sequence[Stream], snapshot: int
) -> Iterator[SparkRunner]:
    """A runner over the streams at a snapshot. Raises InputError where Spark cannot be had."""
    with exchange(connection) as through, _session() as session:
        runner = SparkRunner(session, through)
        for stream in streams:
            files = files_of(connection, stream, snapshot, through.folder)
            table = table_of(stream.code, snapshot, SPARK)
            runner.show(table, files)
            check_records(runner, table, files.rows)
        yield runner


@contextmanager
def _session() -> Iterator[SparkSession]:
    """A session with settings of its own; whoever started Spark stops it."""
    try:
        from py4j.protocol import Py4JError  # noqa: PLC0415 (not installed everywhere)
        from pyspark.errors import PySparkException  # noqa: PLC0415
        from pyspark.sql import SparkSession  # noqa: PLC0415
    except ImportError:
        raise InputError([NOT_INSTALLED()]) from None
    already = SparkSession.getActiveSession() is not None
    if not already and not shutil.which("java") and not os.environ.get("JAVA_HOME"):
        raise InputError([NO_JAVA()])
    builder = SparkSession.builder.appName("tinhso")
    if not _ELSEWHERE & os.environ.keys():
        for name, value in ON_THIS_MACHINE.items():
            builder = builder.config(name, value)
    try:
        spark = builder.getOrCreate()
    except (PySparkException, Py4JError, OSError) as error:
        raise InputError([DOES_NOT_START(detail=_first_line(error))]) from error
    try:
        session = spark.newSession()
        # Left to itself it cuts every result into 200 pieces, most of them empty on a small cluster.
        pieces = str(max(2, 2 * session.sparkContext.defaultParallelism))
        for name, value in (SETTINGS | {"spark.sql.shuffle.partitions": pieces}).items():
            session.conf.set(name, value)
        yield session
    finally:
        if not already:
            spark.stop()


def _first_line(error: Exception) -> str:
    return next(iter(str(error).strip().splitlines()), type(error).__name__)


def _no_pattern(path: str) -> str:
    """A path as Spark reads it: signs that would make a pattern of it stand for themselves."""
    return re.sub(r"([\[\]{}*?\\])", r"\\\1", path)
