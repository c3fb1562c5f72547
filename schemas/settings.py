"""The one place that reads the environment: where things are, never what they mean."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

REPO = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """Places, ports and secrets (`BIZENV_*`). Business meaning never lives here, it is YAML.

    `home` is made absolute at start; children get it through `child_environment`.
    """

    model_config = SettingsConfigDict(env_prefix="BIZENV_", frozen=True, extra="ignore")

    home: Path = Path("var")
    database_url: str | None = Field(default=None, description="PostgreSQL of the results; unset: the embedded server")
    board_database_url: str | None = Field(default=None, description="the board's own, mostly read-only role")
    lake_path: str | None = Field(
        default=None, description="folder or object-store prefix of the lake; unset: home/lake"
    )
    schemas: Annotated[tuple[Path, ...], NoDecode] = ()
    clock: str | None = Field(default=None, description="today, as ISO date; unset: the home's clock, else now")
    zone: str = "Asia/Shanghai"

    bind: str = "127.0.0.1"
    postgres_port: int = 15432
    airflow_port: int = 18080
    board_port: int = 18050
    board_url: str | None = Field(default=None, description="the address of the board as mails print it")

    smtp_host: str = "127.0.0.1"
    smtp_port: int = 10025
    smtp_user: str | None = None
    smtp_password: SecretStr | None = None
    smtp_starttls: bool = False
    smtp_sink: bool = Field(default=True, description="the stack starts a local mail sink on smtp_port")
    mail_from: str = "bizenv@localhost"
    office_mailbox: str = Field(default="office@localhost", description="gets what has no other address")

    stage: Literal["demo", "development", "production"] = Field(
        default="development", description="how strict doctor is"
    )
    log_level: str = "INFO"

    check_memory_mb: int = Field(default=1024, ge=64, description="memory that the check of one file may take")
    check_seconds: int = Field(default=60, ge=1, description="computing time that the check of one file may take")
    check_seconds_per_gb: int = Field(default=100, ge=0, description="and for every GB of a text file")
    celery_broker: SecretStr | None = Field(
        default=None, description="Redis URL: Airflow's tasks run on Celery workers; unset: below the scheduler"
    )
    piece_rows: int = Field(default=5_000_000, ge=1, description="rows that one of several workers computes at a time")
    landing_days: int | None = Field(
        default=None, ge=1, description="originals are deleted so many days after they landed; unset: never"
    )

    @field_validator("home", mode="after")
    @classmethod
    def make_absolute(cls, value: Path) -> Path:
        return value.expanduser().resolve()

    @field_validator("schemas", mode="before")
    @classmethod
    def split_folders(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(Path(part).expanduser().resolve() for part in value.split(os.pathsep) if part)
        return value

    @property
    def board_address(self) -> str:
        """The address of the board as mails print it."""
        return self.board_url or f"http://{self.bind}:{self.board_port}/"

    @property
    def inbox(self) -> Path:
        return self.home / "inbox"

    @property
    def landing(self) -> Path:
        return self.home / "landing"

    @property
    def lake(self) -> str:
        return self.lake_path or str(self.home / "lake")

    @property
    def outbox(self) -> Path:
        return self.home / "outbox"

    @property
    def logs(self) -> Path:
        return self.home / "logs"

    @property
    def schema_folders(self) -> tuple[Path, ...]:
        """Built-in folder first, the office's own after it: the later one wins on the same file name."""
        own = self.home / "schemas"
        extra = (own,) if own.is_dir() and own not in self.schemas else ()
        return (REPO / "schemas", *self.schemas, *extra)

    def child_environment(self) -> dict[str, str]:
        """Every `BIZENV_*` setting that differs from its default, as text for a child process."""
        env = {"BIZENV_HOME": str(self.home)}
        for name, field in type(self).model_fields.items():
            value = getattr(self, name)
            if name == "home" or value is None or value == field.default:
                continue
            if name == "schemas":
                value = os.pathsep.join(map(str, value))
            if isinstance(value, SecretStr):
                value = value.get_secret_value()
            env[f"BIZENV_{name.upper()}"] = str(value)
        return env

    def make_home(self) -> None:
        """Create the folders of the home; 0700, for exports may hold personal data."""
        for folder in (self.home, self.inbox, self.landing, self.outbox, self.logs, self.home / "reports"):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)


def inherited_environment() -> dict[str, str]:
    """The caller's environment without `BIZENV_*` and `AIRFLOW*`, the base of every child's environment."""
    return {k: v for k, v in os.environ.items() if not k.startswith(("BIZENV_", "AIRFLOW"))}


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """The settings of this process (tests build `Settings(...)` themselves)."""
    return Settings()
