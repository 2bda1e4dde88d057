"""The schema of a table: names, kinds, missing values and categories of its columns.

Depends on the errors alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from steepest.errors import ArgumentError, DataError, nearest, unknown_name

Kind = Literal["number", "flag", "category", "date", "text", "identifier"]
KINDS: tuple[str, ...] = get_args(Kind)
SHOWN_CATEGORIES = 4


@dataclass(frozen=True)
class ColumnSchema:
    """One column of a table: the kind of its values, and how many are missing.

    `distinct` counts the different values of flags, categories, texts and identifiers, and
    `categories` names those of flags and categories, each with its rows in `counts`. `low` and
    `high` are the smallest and the largest finite number, or the first and the last date.

    >>> column = ColumnSchema("sex", "category", 1, 2, ("female", "male"), (314, 577), "object")
    >>> print(column.summary())
    male (577), female (314)
    """

    name: str
    kind: Kind
    missing: int = 0
    distinct: int | None = None
    categories: tuple[str, ...] = ()
    counts: tuple[int, ...] = ()
    dtype: str = ""
    low: float | str | None = None
    high: float | str | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise unknown_name("kind of column", self.kind, KINDS)
        if len(self.categories) != len(self.counts):
            raise ArgumentError(
                f"ColumnSchema {self.name!r}: {len(self.categories)} categories have "
                f"{len(self.counts)} counts; expected one count for each category"
            )

    def summary(self) -> str:
        """A short text: a range, the largest categories, or the number of different values."""
        if self.categories:
            pairs = sorted(zip(self.counts, self.categories, strict=True), key=lambda p: -p[0])
            shown = [f"{value} ({count:,})" for count, value in pairs[:SHOWN_CATEGORIES]]
            rest = len(pairs) - len(shown)
            return ", ".join(shown) + (f" and {rest:,} more" if rest else "")
        if self.low is not None:
            return " to ".join(
                end if isinstance(end, str) else f"{end:,.6g}" for end in (self.low, self.high or 0)
            )
        return "" if self.distinct is None else f"{self.distinct:,} different"


@dataclass(frozen=True, repr=False)
class Schema:
    """The columns of a table in their order; a column is found by its name, as in a dictionary.

    >>> columns = (ColumnSchema("age", "number", 1, low=17, high=80), ColumnSchema("name", "text"))
    >>> table = Schema(4, columns)
    >>> table
    4 rows, 2 columns
    name  kind    missing  values
    age   number  1        17 to 80
    name  text    0
    >>> table["age"].missing, table.names("number")
    (1, ('age',))
    >>> Schema.from_dict(table.to_dict()) == table
    True
    """

    rows: int
    columns: tuple[ColumnSchema, ...]

    def __getitem__(self, name: str) -> ColumnSchema:
        found = [column for column in self.columns if column.name == name]
        if len(found) == 1:
            return found[0]
        if found:
            raise DataError(
                f"column {name!r} occurs {len(found)} times; take it by its position from `columns`"
            )
        raise DataError(f"the table has no column {name!r}: {nearest(name, self.names())}")

    def __contains__(self, name: object) -> bool:
        return any(column.name == name for column in self.columns)

    def __iter__(self) -> Iterator[ColumnSchema]:
        return iter(self.columns)

    def __len__(self) -> int:
        return len(self.columns)

    def names(self, *kinds: Kind) -> tuple[str, ...]:
        """The names of the columns, all or those of some kinds."""
        return tuple(column.name for column in self.columns if not kinds or column.kind in kinds)

    def to_dict(self) -> dict[str, Any]:
        """The schema as a dictionary that can be written as JSON; empty entries are left out."""
        columns = []
        for column in self.columns:
            fields: dict[str, Any] = {"name": column.name}
            for name, value in asdict(column).items():
                if value not in (None, (), ""):
                    fields[name] = list(value) if isinstance(value, tuple) else value
            columns.append(fields)
        return {"rows": self.rows, "columns": columns}

    @classmethod
    def from_dict(cls, written: dict[str, Any]) -> Schema:
        """The schema that `to_dict` wrote; entries that a later version added are left out."""
        known = ColumnSchema.__dataclass_fields__
        columns = []
        for entry in written["columns"]:
            fields = {name: value for name, value in entry.items() if name in known}
            fields |= {name: tuple(fields.get(name, ())) for name in ("categories", "counts")}
            columns.append(ColumnSchema(**fields))
        return cls(int(written["rows"]), tuple(columns))

    def __repr__(self) -> str:
        count = len(self.columns)
        head = f"{self.rows:,} row{'s' * (self.rows != 1)}, {count:,} column{'s' * (count != 1)}"
        lines = [("name", "kind", "missing", "values")]
        lines += [(c.name, c.kind, f"{c.missing:,}", c.summary()) for c in self.columns]
        widths = [max(len(line[place]) for line in lines) for place in range(3)]
        rows = ("  ".join([*map(str.ljust, line[:3], widths), line[3]]).rstrip() for line in lines)
        return "\n".join([head, *rows])
