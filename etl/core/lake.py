"""The lake: DuckDB in this process, Parquet files under `settings.lake`, their catalogue in the warehouse.

Nothing is downloaded: both extensions come from installed wheels, and DuckDB verifies their signatures.
The password of the catalogue stands in a DuckDB secret, never in a connection string, so that no error can print it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection
from sqlalchemy import URL, Engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from etl.core.lake_tables import LakeError, ensure_table, quote_name, quote_text, table_name
from schemas.settings import Settings
from schemas.warehouse.dialect import holding_lock
from schemas.warehouse.engine import make_engine

__all__ = [
    "LakeError",
    "attach_warehouse",
    "ensure_table",
    "load_extensions",
    "move_lake",
    "open_lake",
    "quote_name",
    "table_name",
]

CATALOGUE = "lake"
"""PostgreSQL schema of the catalogue."""
WAREHOUSE = "warehouse"
"""Name of the warehouse on a connection that has attached it."""
EXTENSIONS = ("postgres_scanner", "ducklake")
_OFFLINE = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}


@contextmanager
def open_lake(
    settings: Settings, *, read_only: bool = False, url: str | URL | None = None
) -> Iterator[DuckDBPyConnection]:
    """A DuckDB connection with the lake attached as `lake`; closed when the block ends.

    Args:
        settings: `lake` is the folder of the files, `home` takes what DuckDB spills.
        read_only: statements that would change the lake fail.
        url: the warehouse; default `settings.database_url`.

    Raises:
        LakeError: no warehouse, an unreachable one, or a lake of this warehouse that lies elsewhere.
    """
    address = make_url(url or settings.database_url or _complain_without_warehouse())
    folder = _ensure_catalogue(settings, address)
    connection = _connect(settings)
    try:
        _attach(connection, address, folder=folder, read_only=read_only)
        yield connection
    finally:
        connection.close()


def attach_warehouse(connection: DuckDBPyConnection, url: str | URL) -> str:
    """Attach the warehouse's own tables, for reading, to a connection of `open_lake`; returns the name to use."""
    address = make_url(url)
    options = "TYPE postgres, READ_ONLY, SECRET lake_catalogue"
    try:
        connection.execute(f"ATTACH IF NOT EXISTS {quote_text(_plain_options(address))} AS {WAREHOUSE} ({options})")
    except duckdb.Error as error:
        raise LakeError(f"数据库无法从数据湖一侧读取：{_redact(str(error), address)}") from None
    return WAREHOUSE


def move_lake(settings: Settings, engine: Engine) -> None:
    """Tell the catalogue that the lake's files now stand in `settings.lake` (after a restore to another place)."""
    with engine.begin() as connection:
        connection.execute(
            text(f"UPDATE {CATALOGUE}.ducklake_metadata SET value = :path WHERE key = 'data_path'"),  # noqa: S608
            {"path": _lake_folder(settings)},
        )


def load_extensions(connection: DuckDBPyConnection) -> None:
    """Load the two extensions from their wheels."""
    for name in EXTENSIONS:
        connection.execute(f"LOAD {quote_text(str(_extension_file(name)))}")


@lru_cache(maxsize=1)
def _verify_extensions(stamps: tuple[tuple[str, int, int], ...]) -> None:
    """DuckDB refuses a file whose signature is not its own.

    To look at them takes longer than all the rest of opening a lake, so it is done once a process and state (`stamps`)
    of the files.
    """
    del stamps
    connection = duckdb.connect(":memory:", config={**_OFFLINE, "allow_unsigned_extensions": "false"})
    try:
        load_extensions(connection)
    finally:
        connection.close()


def _stamp(file: Path) -> tuple[str, int, int]:
    found = file.stat()
    return str(file), found.st_size, found.st_mtime_ns


def _complain_without_warehouse() -> str:
    raise LakeError("没有数据库地址：请设置 BIZENV_DATABASE_URL，或先用 bizenv stack 启动内置数据库")


def _extension_file(name: str) -> Path:
    spec = find_spec(f"duckdb_extension_{name}")
    folders = spec.submodule_search_locations if spec else None
    version = f"v{duckdb.__version__}"
    path = Path(folders[0]) / "extensions" / version / f"{name}.duckdb_extension" if folders else None
    if path is None or not path.is_file():
        raise LakeError(f"缺少 DuckDB {version} 的扩展 {name}：请用 make setup 重新安装依赖")
    return path


def _connect(settings: Settings) -> DuckDBPyConnection:
    _verify_extensions(tuple(_stamp(_extension_file(name)) for name in EXTENSIONS))
    connection = duckdb.connect(":memory:", config={**_OFFLINE, "allow_unsigned_extensions": "true"})
    try:
        load_extensions(connection)
        connection.execute("SET allow_unsigned_extensions = false")  # and nothing turns it on again
        # DuckDB's own limit is 80 % of the machine (or container); several tasks share it, so half of that each
        row = connection.execute("SELECT current_setting('memory_limit')").fetchone()
        number, unit = str(row[0]).split() if row else ("2", "GiB")
        connection.execute(f"SET memory_limit = '{float(number) / 2:.2f} {unit}'")
        spill = settings.home / "tmp" / "duckdb"
        spill.mkdir(parents=True, exist_ok=True)  # DuckDB makes the last folder alone, and only when it has to spill
        connection.execute(f"SET temp_directory = {quote_text(str(spill))}")
        # rows carry their line number, so their order in files means nothing; unordered writes need less memory
        connection.execute("SET preserve_insertion_order = false")
        connection.execute("SET enable_progress_bar = false")
        # commits of other sources move the snapshot under us; DuckLake then tries again
        connection.execute("SET ducklake_max_retry_count = 100")
    except BaseException:
        connection.close()
        raise
    return connection


def _attach(connection: DuckDBPyConnection, address: URL, *, folder: str, read_only: bool) -> None:
    options = [
        f"DATA_PATH {quote_text(folder)}",
        "OVERRIDE_DATA_PATH true",  # _ensure_catalogue has compared the places
        f"METADATA_SCHEMA {quote_text(CATALOGUE)}",
        "META_SECRET lake_catalogue",
        "DATA_INLINING_ROW_LIMIT 0",
        *(["READ_ONLY"] if read_only else []),
    ]
    try:
        connection.execute(_secret_statement(address))
        source = quote_text(f"ducklake:postgres:{_plain_options(address)}")
        connection.execute(f"ATTACH {source} AS lake ({', '.join(options)})")
    except duckdb.Error as error:
        # `from None`: the original may quote the statement, and with it the password
        raise LakeError(f"数据湖无法打开：{_redact(str(error), address)}") from None


def _secret_statement(address: URL) -> str:
    parts = {
        "HOST": address.host or _first(address.query.get("host")),
        "PORT": str(address.port) if address.port else _first(address.query.get("port")),
        "DATABASE": address.database,
        "USER": address.username,
        "PASSWORD": address.password,
    }
    filled = (f"{key} {quote_text(value)}" for key, value in parts.items() if value)
    return f"CREATE OR REPLACE SECRET lake_catalogue (TYPE postgres, {', '.join(filled)})"


def _plain_options(address: URL) -> str:
    """What else the URL asks of libpq (sslmode, ...), as a libpq string; host and port stand in the secret."""
    rest = {key: _first(value) or "" for key, value in address.query.items() if key not in ("host", "port")}
    escaped = {key: value.replace("\\", "\\\\").replace("'", "\\'") for key, value in rest.items()}
    return " ".join(f"{key}='{value}'" for key, value in escaped.items())


def _first(value: str | tuple[str, ...] | None) -> str | None:
    return value if isinstance(value, str) or value is None else value[0]


def _redact(message: str, address: URL) -> str:
    secret = str(address.password or "")
    for spelled in {secret, quote_text(secret)[1:-1], secret.replace("\\", "\\\\").replace("'", "\\'")} - {""}:
        message = message.replace(spelled, "***")
    return message


def _lake_folder(settings: Settings) -> str:
    """The place of the files as DuckLake writes it: with a slash at the end, absolute where it is a folder."""
    place = settings.lake
    if "://" not in place:
        place = str(Path(place).expanduser().resolve())
    return place.rstrip("/") + "/"


def _ensure_catalogue(settings: Settings, address: URL) -> str:
    """Create the catalogue once (several processes may come at once), and see that the files lie where they should."""
    folder = _lake_folder(settings)
    engine = make_engine(address.render_as_string(hide_password=False))
    try:
        recorded = _recorded_folder(engine)
        if recorded is None:
            with holding_lock(engine, "lake:catalogue"):
                _create_catalogue(settings, address, folder)
            recorded = _recorded_folder(engine) or folder
    except OperationalError as error:
        raise LakeError(f"连不上数据库，数据湖无法打开：{_redact(str(error.orig), address)}") from None
    finally:
        engine.dispose()
    if recorded != folder and "://" not in recorded and Path(recorded).is_dir():
        raise LakeError(
            f"这个数据库的数据湖在 {recorded}，而当前设置指向 {folder}；"
            "请核对 BIZENV_HOME 与 BIZENV_LAKE_PATH，以免两处混写"
        )
    return folder


def _recorded_folder(engine: Engine) -> str | None:
    metadata = f"{CATALOGUE}.ducklake_metadata"
    with engine.connect() as connection:
        if connection.execute(text("SELECT to_regclass(:name)"), {"name": metadata}).scalar_one() is None:
            return None
        query = f"SELECT value FROM {metadata} WHERE key = 'data_path'"  # noqa: S608
        return connection.execute(text(query)).scalar_one_or_none()


def _create_catalogue(settings: Settings, address: URL, folder: str) -> None:
    if "://" not in folder:
        Path(folder).mkdir(parents=True, exist_ok=True, mode=0o700)
    connection = _connect(settings)
    try:
        _attach(connection, address, folder=folder, read_only=False)
    finally:
        connection.close()
