"""docker-compose.yml by a schema of the part of Compose we use, and by rules that a schema cannot say."""

from __future__ import annotations

import copy
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from schemas.settings import REPO, Settings

FILE = REPO / "docker-compose.yml"
VARIABLE = re.compile(r"\$\{(?P<name>[A-Z_]+)(?P<rule>:[?-][^}]*)?\}")
REQUIRED = re.compile(r"\$\{[A-Z_]+:\?[^}]+\}")
SECRET = re.compile(r"PASSWORD|SECRET|FERNET")
MAY_BE_EMPTY = {"BIZENV_SMTP_PASSWORD"}
"""A mail server may ask for none."""

WORDS = {"type": "array", "items": {"type": "string"}, "minItems": 1}
HEALTH = {
    "type": "object",
    "required": ["test", "interval", "timeout", "retries"],
    "additionalProperties": False,
    "properties": {
        "test": {"allOf": [WORDS, {"prefixItems": [{"const": "CMD"}]}]},
        "interval": {"type": "string", "pattern": r"^\d+s$"},
        "timeout": {"type": "string", "pattern": r"^\d+s$"},
        "start_period": {"type": "string", "pattern": r"^\d+s$"},
        "retries": {"type": "integer", "minimum": 1},
    },
}
DEPENDS = {
    "type": "object",
    "additionalProperties": {
        "type": "object",
        "required": ["condition"],
        "additionalProperties": False,
        "properties": {"condition": {"enum": ["service_healthy", "service_completed_successfully"]}},
    },
}
SERVICE = {
    "type": "object",
    "required": ["image", "networks", "restart"],
    "additionalProperties": False,
    "properties": {
        "image": {"type": "string", "pattern": r"^[a-z/]+:(\d+\.\d+[\w.-]*|\$\{BIZENV_TAG:-\d+\.\d+\.\d+\})$"},
        "build": {"type": "object", "required": ["context", "dockerfile"], "additionalProperties": {"type": "string"}},
        "command": WORDS,
        "depends_on": DEPENDS,
        "environment": {"type": "object", "additionalProperties": {"type": "string"}},
        "healthcheck": HEALTH,
        "init": {"type": "boolean"},
        "networks": WORDS,
        "ports": {"allOf": [WORDS, {"items": {"pattern": r"^\$\{BIZENV_BIND:-127\.0\.0\.1\}:.+:\d+$"}}]},
        "profiles": WORDS,
        "restart": {"enum": ["unless-stopped", "no"]},
        "security_opt": WORDS,
        "shm_size": {"type": "string"},
        "stop_grace_period": {"type": "string", "pattern": r"^\d+s$"},
        "volumes": WORDS,
    },
}
SCHEMA = {
    "type": "object",
    "required": ["name", "services", "volumes", "networks"],
    "additionalProperties": False,
    "patternProperties": {"^x-": {}},
    "properties": {
        "name": {"type": "string"},
        "services": {"type": "object", "additionalProperties": SERVICE},
        "volumes": {"type": "object", "additionalProperties": {"type": "object", "maxProperties": 0}},
        "networks": {"type": "object"},
    },
}


@pytest.fixture
def compose() -> dict[str, Any]:
    return yaml.safe_load(FILE.read_text("utf-8"))


def list_problems(compose: dict[str, Any], folder: Path = REPO) -> list[str]:
    """Everything that is wrong, one line each."""
    schema = [f"schema: {error.json_path}" for error in jsonschema.Draft202012Validator(SCHEMA).iter_errors(compose)]
    return schema or [*find_loose_ends(compose, folder), *find_open_secrets(compose), *find_unhealthy(compose)]


def find_loose_ends(compose: dict[str, Any], folder: Path) -> Iterator[str]:
    """Names of volumes, networks and services that are not declared; bound files that do not exist."""
    for name, service in compose["services"].items():
        for volume in service.get("volumes", []):
            source = VARIABLE.sub(lambda m: (m["rule"] or "").removeprefix(":-"), volume).split(":")[0]
            if source.startswith("."):
                if not (folder / source).exists():
                    yield f"{name}: {source} does not exist"
            elif not volume.startswith("$") and source not in compose["volumes"]:
                yield f"{name}: volume {source} is not declared"
        for network in set(service["networks"]) - set(compose["networks"]):
            yield f"{name}: network {network} is not declared"
        for other in set(service.get("depends_on", {})) - set(compose["services"]):
            yield f"{name}: waits for {other}, which is not declared"


def find_open_secrets(compose: dict[str, Any]) -> Iterator[str]:
    """Secrets that stand in the file or have a default; addresses with a password in clear."""
    for name, service in compose["services"].items():
        for key, value in service.get("environment", {}).items():
            is_secret = SECRET.search(key) and not key.endswith("_FILE") and key not in MAY_BE_EMPTY
            if is_secret and not REQUIRED.fullmatch(value):
                yield f"{name}: {key} is not a required variable"
            if re.search(r"://[^/@:]*:[^/@]+@", REQUIRED.sub("", value)):
                yield f"{name}: {key} has a password in its address"


def find_unhealthy(compose: dict[str, Any]) -> Iterator[str]:
    """Services without a health check, and conditions that the other service cannot meet."""
    for name, service in compose["services"].items():
        if service["restart"] != "no" and "healthcheck" not in service:
            yield f"{name}: no health check"
        for other, wanted in service.get("depends_on", {}).items():
            ends = compose["services"].get(other, {}).get("restart") == "no"
            if ends != (wanted["condition"] == "service_completed_successfully"):
                yield f"{name}: {other} never becomes {wanted['condition']}"


def test_the_file_is_sound(compose: dict[str, Any]) -> None:
    assert list_problems(compose) == []


def set_at(*keys: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(compose: dict[str, Any]) -> None:
        place = compose
        for key in keys[:-1]:
            place = place[key]
        place[keys[-1]] = value

    return change


BOARD_URL = "postgresql://bizenv_board:hunter2@postgres:5432/bizenv"


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (set_at("services", "postgres", "image", value="postgres:latest"), "schema: $.services.postgres.image"),
        (set_at("services", "board", "privileged", value=True), "schema: $.services.board"),
        (set_at("services", "board", "ports", value=["0.0.0.0:80:18050"]), "schema: $.services.board.ports[0]"),
        (set_at("services", "board", "depends_on", value=["init"]), "schema: $.services.board.depends_on"),
        (set_at("volumes", value={"home": {}, "mails": {}}), "postgres: volume database is not declared"),
        (set_at("services", "board", "networks", value=["other"]), "board: network other is not declared"),
        (
            set_at("services", "board", "environment", "BIZENV_BOARD_DATABASE_URL", value=BOARD_URL),
            "board: BIZENV_BOARD_DATABASE_URL has a password in its address",
        ),
        (
            set_at("services", "postgres", "environment", "POSTGRES_PASSWORD", value="${POSTGRES_PASSWORD:-postgres}"),
            "postgres: POSTGRES_PASSWORD is not a required variable",
        ),
        (
            set_at("services", "board", "depends_on", value={"init": {"condition": "service_healthy"}}),
            "board: init never becomes service_healthy",
        ),
        (set_at("services", "board", "volumes", value=["./nowhere:/x:ro"]), "board: ./nowhere does not exist"),
    ],
)
def test_each_guard_sees_its_fault(compose: dict[str, Any], change: Callable[..., None], problem: str) -> None:
    spoilt = copy.deepcopy(compose)
    change(spoilt)
    assert problem in list_problems(spoilt)


def test_a_service_without_a_health_check_is_seen(compose: dict[str, Any]) -> None:
    del compose["services"]["triggerer"]["healthcheck"]
    assert list_problems(compose) == ["triggerer: no health check"]


def test_the_services_are_these(compose: dict[str, Any]) -> None:
    running = {name for name, service in compose["services"].items() if "profiles" not in service}
    airflow = {"scheduler", "dag-processor", "api-server", "triggerer"}
    assert running == {"postgres", "init", "board"} | airflow
    assert compose["services"]["mail-sink"]["profiles"] == ["dev"]
    for name in airflow:
        mounts = compose["services"][name]["volumes"]
        assert [m for m in mounts if m.endswith(":ro")] == [m for m in mounts if "dags" in m or "schemas" in m], name


def test_the_board_has_its_own_role_only(compose: dict[str, Any]) -> None:
    board = compose["services"]["board"]
    assert "bizenv_board:" in board["environment"]["BIZENV_BOARD_DATABASE_URL"]
    assert not {"BIZENV_DATABASE_URL", "BIZENV_SMTP_PASSWORD"} & set(board["environment"])
    assert not [key for key in board["environment"] if key.startswith("AIRFLOW")]
    assert all(mount.endswith(":ro") for mount in board["volumes"])


def test_every_variable_is_in_the_example_and_the_other_way_round() -> None:
    found = {match["name"]: match["rule"] or "" for match in VARIABLE.finditer(FILE.read_text("utf-8"))}
    lines = (REPO / ".env.example").read_text("utf-8").splitlines()
    example = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    assert set(example) == set(found)
    for name, rule in found.items():
        assert example[name] == ("" if rule.startswith(":?") else rule.removeprefix(":-")), name


def test_every_bizenv_variable_is_a_setting(compose: dict[str, Any]) -> None:
    known = {f"BIZENV_{name.upper()}" for name in Settings.model_fields}
    for name, service in compose["services"].items():
        used = {key for key in service.get("environment", {}) if key.startswith("BIZENV_")}
        if name != "postgres":
            assert used <= known, name


@pytest.mark.skipif(shutil.which("docker") is None, reason="no docker client")
def test_docker_compose_reads_it(tmp_path: Path) -> None:
    if subprocess.run(["docker", "compose", "version"], capture_output=True, check=False).returncode:
        pytest.skip("the docker client has no compose plugin")
    env_file = tmp_path / "env"
    lines = (REPO / ".env.example").read_text("utf-8").splitlines()
    env_file.write_text("\n".join(f"{line}x" if line.endswith("=") else line for line in lines), "utf-8")
    command = ["docker", "compose", "-f", str(FILE), "--env-file", str(env_file), "config", "-q"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
