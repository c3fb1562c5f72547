"""The built-in calendar, read from its file as the registry reads it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from etl.core.clock import WorkCalendar
from schemas.models.calendar import CalendarSpec

FILE = Path(__file__).resolve().parents[4] / "schemas" / "calendars" / "cn.yml"


@pytest.fixture(scope="session")
def cn() -> WorkCalendar:
    return WorkCalendar.from_spec(CalendarSpec.model_validate(yaml.safe_load(FILE.read_text("utf-8"))))
