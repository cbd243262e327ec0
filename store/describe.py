"""The schema in words, from the comments inside its CREATE statements; `python -m store.describe` prints it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlite_utils import Database
from sqlite_utils.create_table_parser import parse_column_comments

from store import schema


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table or view."""

    name: str
    type: str
    """`INTEGER`, `REAL` or `TEXT`; of a view, "" where the column is computed."""
    comment: str
    """Its meaning, unit or source; "" for the columns of views, which are those of their tables."""


@dataclass(frozen=True, slots=True)
class Relation:
    """A table or a view."""

    name: str
    kind: str
    """`table` or `view`."""
    comment: str
    columns: tuple[Column, ...]


def describe(db: Database) -> list[Relation]:
    """The tables, then the views, of a database of ours; each group by name."""
    found = db.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE type IN ('table', 'view') "
        "AND name NOT LIKE 'sqlite%' AND name NOT LIKE '\\_%' ESCAPE '\\' ORDER BY type, name"
    ).fetchall()
    return [
        Relation(name=name, kind=kind, comment=_heading(sql), columns=_columns(db, kind, name, sql))
        for kind, name, sql in found
    ]


def reference() -> str:
    """The tables and views of this program's schema, in Markdown."""
    db = Database(memory=True, execute_plugins=False)
    schema.migrate(db)
    try:
        return "\n\n".join(_markdown(relation) for relation in describe(db)) + "\n"
    finally:
        db.close()


def _heading(sql: str) -> str:
    """The comment lines that follow the first line of a CREATE statement."""
    lines: list[str] = []
    for line in sql.splitlines()[1:]:
        if not line.startswith("--"):
            break
        lines.append(line)
    return _plain("\n".join(lines))


def _columns(db: Database, kind: str, name: str, sql: str) -> tuple[Column, ...]:
    comments = parse_column_comments(sql) if kind == "table" else {}
    rows = db.execute("SELECT name, type FROM pragma_table_info(?)", (name,)).fetchall()
    return tuple(
        Column(name=column, type=type_, comment=_plain(comments[column].before) if column in comments else "")
        for column, type_ in rows
    )


def _plain(comment: str) -> str:
    return " ".join(line.strip().removeprefix("--").strip() for line in comment.splitlines())


def _markdown(relation: Relation) -> str:
    heading = f"### `{relation.name}` ({relation.kind})\n\n{relation.comment}\n\n"
    if relation.kind == "view":
        return heading + "Columns: " + ", ".join(f"`{column.name}`" for column in relation.columns) + "."
    rows = [f"| `{column.name}` | {column.type} | {column.comment} |" for column in relation.columns]
    return heading + "| column | type | meaning |\n| --- | --- | --- |\n" + "\n".join(rows)


if __name__ == "__main__":
    print(reference(), end="")
