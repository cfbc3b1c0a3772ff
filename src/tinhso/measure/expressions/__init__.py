"""Expressions inside parts: a safe subset of SQL over one stream's own fields.

Text is parsed by sqlglot, then every node is admitted by name into a small typed tree of our own;
SQL for an engine is written from that tree. Nothing that a person typed reaches an engine as text.

Logic is three-valued as in SQL: a comparison with an empty field is neither true nor false, and a
filter keeps only what is true. `x is not false` therefore keeps empty fields, `x` does not.
"""

from tinhso.measure.expressions.dialects import CLICKHOUSE, DUCKDB, SPARK, Dialect
from tinhso.measure.expressions.reader import parse
from tinhso.measure.expressions.tree import (
    ALWAYS,
    FIELD_TYPES,
    FUNCTIONS,
    UNIT_LEVEL,
    Apply,
    Constant,
    Expression,
    Ref,
    Type,
    conjuncts,
    fields_of,
    to_sql,
)

__all__ = [
    "ALWAYS",
    "CLICKHOUSE",
    "DUCKDB",
    "FIELD_TYPES",
    "FUNCTIONS",
    "SPARK",
    "UNIT_LEVEL",
    "Apply",
    "Constant",
    "Dialect",
    "Expression",
    "Ref",
    "Type",
    "conjuncts",
    "fields_of",
    "parse",
    "to_sql",
]
