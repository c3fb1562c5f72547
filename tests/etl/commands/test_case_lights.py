"""`bizenv case-lights` on a home that `bizenv run` has filled."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

from schemas.settings import Settings, inherited_environment
from tests.etl.compute.open_cases import PACK, write_cases

ROWS = [
    ("A1", "市规划局", "1 号窗", "2023-03-06 09:30", "2023-03-06 10:00"),
    ("A2", "市人社局", "3 号窗", "2023-03-13 09:30", "2023-03-13 10:00"),
]


def bizenv(settings: Settings, *words: str) -> Any:
    environment = {**inherited_environment(), **settings.child_environment(), "PATH": os.environ["PATH"]}
    command = [sys.executable, "-m", "etl.cli", *words]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout) if "--json" in words else done.stdout


def test_run_lights_the_cases_and_the_command_shows_them(settings: Settings) -> None:
    city = settings.model_copy(update={"schemas": (PACK,), "smtp_port": 1})
    (city.home / "schemas").mkdir()
    (city.home / "schemas" / "office.yml").write_text("plans: [window-city]\n", "utf-8")
    write_cases(city.inbox, "窗口办件一.csv", ROWS)
    day = ("--as-of", "2023-03-14")
    assert bizenv(city, "run", *day, "--json")["checked"] == {"accepted": 1}
    found = bizenv(city, "case-lights", *day, "--light", "red", "--json")
    (late,) = found["cases"]
    told = {"case": "A1", "clock": "case-in-5", "light": "red", "deadline_date": "2023-03-13", "left_days": -1}
    told |= {
        "age_days": 8,
        "unit": "市规划局",
        "window": "1 号窗",
        "file": "窗口办件一.csv",
        "line": 2,
        "limit": "5 workday",
    }
    assert {name: late[name] for name in told} == told
    (hall,) = [c for c in found["counts"] if (c["clock"], c["level"]) == ("", "hall")]
    assert (hall["red"], hall["worst"]) == (1, "red")
    assert bizenv(city, "case-lights", *day, "--unit", "市人社局", "--window", "1 号窗", "--json")["cases"] == []
    shown = bizenv(city, "case-lights", *day)
    assert "window-city：● 红 已超期 1 件" in shown
    later = bizenv(city, "case-lights", "--as-of", "2023-03-31", "--refresh", "--light", "red", "--json")
    assert sorted((row["case"], row["left_days"]) for row in later["cases"]) == [("A1", -18), ("A2", -11)]
