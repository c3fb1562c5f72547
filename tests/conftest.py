"""Fixtures of all tests: a real PostgreSQL (the embedded one), a fresh home, the files beside the repository."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine

from etl.core.context import Context, open_context
from etl.core.postgres import connect_or_start
from schemas.settings import Settings
from schemas.warehouse.engine import make_engine, migrate

REPO = Path(__file__).resolve().parent.parent
SHARED = REPO.parent / "shared"
TEMPLATE = "bizenv_template"


def _swap_database(url: str, name: str) -> str:
    return f"{url.rpartition('/')[0]}/{name}"


@pytest.fixture(scope="session")
def postgres_admin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of the superuser of a server that lives as long as the tests, with a migrated template database."""
    home = tmp_path_factory.mktemp("server home")
    with connect_or_start(Settings(home=home)) as server:
        assert server.cluster is not None
        password = server.cluster.read_passwords()["postgres"]
        admin = f"postgresql+psycopg://postgres:{password}@127.0.0.1:{server.port}/postgres"
        _administer(admin, f'create database {TEMPLATE} owner "bizenv"')
        migrate(_swap_database(server.url_bizenv, TEMPLATE))
        yield admin


def _administer(admin: str, statement: str) -> None:
    with psycopg.connect(admin.replace("+psycopg", "", 1), autocommit=True) as connection:
        connection.execute(statement)


@pytest.fixture
def database_url(postgres_admin: str) -> Iterator[str]:
    """URL of a fresh migrated warehouse, dropped afterwards."""
    name = f"t_{uuid.uuid4().hex[:12]}"
    _administer(postgres_admin, f"create database {name} template {TEMPLATE}")
    yield _swap_database(postgres_admin, name)
    _administer(postgres_admin, f"drop database {name} with (force)")


@pytest.fixture(scope="module")
def module_database_url(postgres_admin: str) -> Iterator[str]:
    """As `database_url`, but one for all tests of a module."""
    name = f"m_{uuid.uuid4().hex[:12]}"
    _administer(postgres_admin, f"create database {name} template {TEMPLATE}")
    yield _swap_database(postgres_admin, name)
    _administer(postgres_admin, f"drop database {name} with (force)")


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    made = make_engine(database_url)
    yield made
    made.dispose()


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    """Settings of a fresh home on a fresh warehouse."""
    made = Settings(home=tmp_path / "home", database_url=database_url)
    made.make_home()
    return made


@pytest.fixture
def make_context(settings: Settings, engine: Engine) -> Callable[..., Context]:
    """`make_context(as_of=..., registry=...)`: a context on the fresh warehouse."""

    def make(**options: object) -> Context:
        return open_context(settings, engine, **options)  # type: ignore[arg-type]

    return make


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with real files beside the repository; a user's clone does not have it."""
    if not SHARED.is_dir():
        pytest.skip("the folder ../shared with the real files is not here")
    return SHARED


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of the system's Chromium. Where it is demanded (CI), its absence is an error, not a skip."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path:
        return path
    if os.environ.get("CI") == "true" or os.environ.get("BIZENV_REQUIRE_BROWSER") == "1":
        pytest.fail("no Chromium on this machine, but the browser tests are demanded (.ci/run installs it)")
    pytest.skip("no Chromium on this machine")
