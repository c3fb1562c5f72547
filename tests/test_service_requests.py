"""A foreign city's yearly service requests through YAML alone: its labels are reproduced, its due times recounted.

The due times of the file are made here by numpy's business days, not by the clock of this project.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import random
import statistics
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import yaml

from schemas.settings import Settings, inherited_environment

PACK = Path(__file__).parent / "packs" / "service_requests"
HOLIDAYS = np.array(
    yaml.safe_load((PACK / "calendars" / "springfield.yml").read_text("utf-8"))["holidays"], dtype="datetime64[D]"
)
DAYS = {"Pothole": 1, "Graffiti": 10, "Streetlight": 5}
SNAPSHOT = dt.datetime(2024, 1, 15)
HEADER = [
    "case_enquiry_id",
    "open_dt",
    "sla_target_dt",
    "closed_dt",
    "on_time",
    "case_title",
    "type",
    "department",
    "x",
]


def due_time(opened: dt.datetime, days: int) -> dt.datetime:
    """So many business days later at the same time of day; what comes in after hours counts from the next opening."""
    start = opened
    day = np.datetime64(opened.date())
    is_open = bool(np.is_busday(day, holidays=HOLIDAYS))
    minute = opened.hour * 60 + opened.minute
    if not is_open or minute >= 16 * 60 + 30:
        later = np.busday_offset(day, 1 if is_open else 0, roll="forward", holidays=HOLIDAYS)
        start = dt.datetime.combine(later.item(), dt.time(8, 30))
    elif minute < 8 * 60 + 30:
        start = dt.datetime.combine(opened.date(), dt.time(8, 30))
    last = np.busday_offset(np.datetime64(start.date()), days, holidays=HOLIDAYS)
    return dt.datetime.combine(last.item(), start.time())


def make_rows(count: int) -> list[dict[str, object]]:
    draw = random.Random(311)
    rows = []
    for number in range(count):
        opened = dt.datetime(2023, 1, 1) + dt.timedelta(seconds=draw.randrange(365 * 86400))
        kind = draw.choice(list(DAYS))
        due = None if draw.random() < 0.05 else due_time(opened, DAYS[kind])
        took = dt.timedelta(seconds=int(draw.expovariate(1 / (DAYS[kind] * 86400))))
        closed = opened + took if draw.random() < 0.93 else None
        if closed and due and draw.random() < 0.02:
            closed = due  # to the second: that is in time
        if closed and closed > SNAPSHOT:
            closed = None
        late = due is not None and (closed or SNAPSHOT) > due
        rows.append(
            {"id": str(101004100000 + number), "opened": opened, "due": due, "closed": closed, "kind": kind,
             "label": "OVERDUE" if late else "ONTIME", "department": draw.choice(["PWDx", "PARK", "ISD"])}
        )  # fmt: skip
    return rows


def write_csv(path: Path, rows: list[dict]) -> None:
    def text(moment: dt.datetime | None) -> str:
        return f"{moment:%Y-%m-%d %H:%M:%S}" if moment else ""

    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for row in rows:
            title = 'Request, "urgent"\nsecond line' if row["kind"] == "Pothole" else "Request"
            dates = (text(row["opened"]), text(row["due"]), text(row["closed"]))
            writer.writerow([row["id"], *dates, row["label"], title, row["kind"], row["department"], "ignored"])


@pytest.fixture(scope="module")
def rows() -> list[dict]:
    return make_rows(3000)


@pytest.fixture(scope="module")
def city(rows: list[dict], tmp_path_factory: pytest.TempPathFactory, module_database_url: str) -> Settings:
    home = tmp_path_factory.mktemp("requests") / "home"
    made = Settings(home=home, database_url=module_database_url, schemas=(PACK,), smtp_port=1)
    made.make_home()
    write_csv(made.inbox / "requests_2023.csv", rows)
    done = json.loads(bizenv(made, "run", "--as-of", "2024-01-15"))
    assert done["checked"] == {"accepted": 1}
    return made


def bizenv(settings: Settings, *arguments: str) -> str:
    command = [sys.executable, "-m", "etl.cli", *arguments, "--json"]
    environment = {**inherited_environment(), **settings.child_environment()}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_label_is_reproduced(city: Settings, rows: list[dict]) -> None:
    """The office's label is a late or open case past its due time on the day of the export."""
    cases = {c["case"]: c for c in json.loads(bizenv(city, "cases", "requests_on_time", "--as-of", "2024-01-14"))}
    assert len(cases) == len(rows)
    labelled = [row for row in rows if row["due"]]
    assert {row["id"] for row in labelled if row["label"] == "OVERDUE"} == {
        row["id"] for row in labelled if cases[row["id"]]["late"]
    }
    assert all(cases[row["id"]]["deadline"] == row["due"].isoformat() for row in labelled)
    assert Counter(row["label"] for row in labelled).keys() == {"ONTIME", "OVERDUE"}


def test_every_due_time_is_recounted_from_working_days(city: Settings, rows: list[dict]) -> None:
    found = json.loads(bizenv(city, "cases", "requests_on_time_counted", "--as-of", "2024-01-15"))
    counted = {case["case"]: case for case in found}
    labelled = [row for row in rows if row["due"]]
    assert len(counted) == len(labelled)
    wrong = [row for row in labelled if counted[row["id"]]["deadline"] != row["due"].isoformat()]
    assert wrong == []


def test_the_shares_of_a_month_and_the_median(city: Settings, rows: list[dict]) -> None:
    """Decided in June 2023: closed in time in June, or due in June and not closed by then."""
    verdicts = json.loads(bizenv(city, "verdicts", "--plan", "requests-city", "--unit", "self"))
    june = {v["target"]: v for v in verdicts if v["period"] == "2023-06"}
    labelled = [row for row in rows if row["due"]]
    in_time = [r for r in labelled if r["closed"] and r["closed"] <= r["due"] and f"{r['closed']:%Y-%m}" == "2023-06"]
    late = [r for r in labelled if not (r["closed"] and r["closed"] <= r["due"]) and f"{r['due']:%Y-%m}" == "2023-06"]
    verdict = june["on-time-counted"]
    assert (verdict["numerator"], verdict["n"]) == (len(in_time), len(in_time) + len(late))
    taken = [(r["closed"] - r["opened"]).days for r in rows if r["closed"] and f"{r['closed']:%Y-%m}" == "2023-06"]
    assert june["median-days"]["value"] == statistics.median_low(taken)
    assert june["median-days"]["n"] == len(taken)


def test_departments_are_shown_apart_with_what_chance_allows(city: Settings, rows: list[dict]) -> None:
    """A case without a due time of the file has the one that is counted; every word's parts are worked out here."""
    found = json.loads(bizenv(city, "breakdown", "requests_on_time", "--by", "department", "--period", "2023-06"))
    shown = {row["word"]: (row["numerator"], row["n"]) for row in found}
    expected = {}
    for department in ("PWDx", "PARK", "ISD"):
        mine = [(r, r["due"] or due_time(r["opened"], DAYS[r["kind"]])) for r in rows if r["department"] == department]
        ends = [(r["closed"], due) for r, due in mine]
        kept = sum(1 for end, due in ends if end and end <= due and f"{end:%Y-%m}" == "2023-06")
        late = sum(1 for end, due in ends if not (end and end <= due) and f"{due:%Y-%m}" == "2023-06")
        expected[department] = (kept, kept + late)
    assert shown == expected
    assert all(row["low"] < row["value"] < row["high"] for row in found)
