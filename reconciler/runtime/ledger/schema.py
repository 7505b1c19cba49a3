"""The tables of a ledger. All of it may be lost: undo and speed go with it, correctness does not."""

from collections.abc import Iterator

#: Operations are rows: what one says (`body`), under which key, how far it is, who may finish it (`epoch`).
#: Raised with every change of the tables below.
VERSION = 12

TABLES = (
    "create table if not exists about (version integer not null)",
    """create table if not exists runs (
      id text primary key, site text not null, project text not null, account text not null,
      purpose text not null, plan_id text not null,
      digest text not null, state text not null, started_at text not null, finished_at text,
      who text not null, context text not null)""",
    "create index if not exists runs_by_place on runs (site, project, started_at)",
    """create table if not exists operations (
      run_id text not null, id text not null, seq integer not null, wave integer not null, lane integer not null,
      kind text not null, operation text not null, body text not null, digest text not null,
      state text not null, epoch integer not null, sent_at text, accepted_at text,
      primary key (run_id, id))""",
    """create table if not exists holders (
      run_id text primary key, holder text not null, said text not null)""",
    """create table if not exists outcomes (
      run_id text not null, operation_id text not null, kind text not null, name text not null,
      result text not null, remote_id text, detail text not null, fault text, trace_id text not null,
      stale integer not null, settling integer not null, epoch integer not null, at text not null,
      primary key (run_id, operation_id, kind, name))""",
    "create index if not exists outcomes_by_name on outcomes (kind, name)",
    "create index if not exists outcomes_settling on outcomes (at) where settling = 1",
    """create table if not exists compared (
      run_id text not null, kind text not null, name text not null, body {blob} not null,
      primary key (run_id, kind, name))""",
    """create table if not exists created (
      site text not null, run_id text not null, kind text not null, name text not null,
      remote_id text not null, primary key (site, kind, name, run_id))""",
    """create table if not exists managed (
      site text not null, project text not null, kind text not null, name text not null, remote_id text not null,
      since text not null, run_id text not null, stock text not null, protected integer not null,
      primary key (site, project, kind, name))""",
    "create index if not exists managed_ids on managed (site, project, kind, remote_id)",
    """create table if not exists baselines (
      site text not null, project text not null, kind text not null, name text not null, body {blob} not null,
      digest text not null, primary key (site, project, kind, name))""",
    # What all offers are known by is read by every plan: from here, without the rows.
    "create index if not exists baselines_known on baselines (site, project, kind, name, digest)",
    """create table if not exists images (
      site text not null, name text not null, address text not null, at text not null, used integer not null,
      primary key (site, name))""",
    """create table if not exists readings (
      project text not null, source text not null, rows integer not null, digest text not null, at text not null,
      primary key (project, source))""",
    """create table if not exists row_counts (
      project text not null, source text not null, body {blob} not null, primary key (project, source))""",
    """create table if not exists prices (
      site text not null, remote_id text not null, path text not null, at text not null, said text not null,
      primary key (site, remote_id, path, at))""",
    "create table if not exists price_reads (site text not null, at text not null, primary key (site, at))",
    "create table if not exists tokens (slot text primary key, sealed {blob} not null, expires_at text)",
    """create table if not exists budgets (
      client text not null, name text not null, cursor bigint not null, primary key (client, name))""",
    """create table if not exists usage (
      client text not null, name text not null, period bigint not null, used bigint not null,
      primary key (client, name, period))""",
    """create table if not exists locks (
      name text primary key, account text not null, holder text not null, host text not null, pid integer not null,
      started text not null, command text not null, since text not null, space text not null, beat text not null,
      url text not null)""",
    "create table if not exists leases (name text primary key, holder text not null, until bigint not null)",
)


_MARKED = ("managed", "baselines")
_MARKS = (
    "create table if not exists memory_marks (site text not null, project text not null, mark text not null, "
    "primary key (site, project))"
)
#: Once for a statement, however many rows it writes; in one order, so that two never wait for each other.
_MARK_MEMORY = """
create or replace function mark_memory() returns trigger language plpgsql set search_path from current as $$
begin
  insert into memory_marks
    select site, project, md5(concat(txid_current(), clock_timestamp(), random()))
    from (select distinct site, project from changed order by site, project) as places
    on conflict (site, project) do update set mark = excluded.mark;
  return null;
end $$"""


def marking(*, postgresql: bool) -> Iterator[str]:
    """Yield what makes a database mark what a project remembers of a site, anew with whatever is written of it.

    These are triggers, so that whoever writes leaves a mark. A ledger without them gets them when it is asked.
    """
    yield from _marking_statements() if postgresql else _marking_rows()


def _marking_statements() -> Iterator[str]:
    yield _MARKS
    yield _MARK_MEMORY
    for table in _MARKED:
        for name, event, rows in (
            ("insert", "insert", "new"),
            ("update_from", "update", "old"),
            ("update_to", "update", "new"),
            ("delete", "delete", "old"),
        ):
            yield f"drop trigger if exists marked_{table}_{name} on {table}"
            yield (
                f"create trigger marked_{table}_{name} after {event} on {table} "
                f"referencing {rows} table as changed for each statement execute function mark_memory()"
            )


def _marking_rows() -> Iterator[str]:
    yield f"{_MARKS} without rowid"
    for table in _MARKED:
        name = f"marked_{table}"
        for event, rows in (("insert", ("new",)), ("update", ("old", "new")), ("delete", ("old",))):
            marks = "; ".join(
                # "or replace" would not do: what a statement itself says of conflicts holds for its triggers, too
                f"delete from memory_marks where (site, project) = ({row}.site, {row}.project); "  # noqa: S608 - our words
                f"insert into memory_marks values ({row}.site, {row}.project, lower(hex(randomblob(8))))"
                for row in rows
            )
            yield f"create trigger if not exists {name}_{event} after {event} on {table} begin {marks}; end"
