"""The HTTP side: health, figures, and nothing that points out of the building."""

from __future__ import annotations

import re

import httpx
import pytest

from tests.dashboards import board_seed


def test_health(board_url: str) -> None:
    told = httpx.get(f"{board_url}/health").json()
    assert (told["status"], told["database_ok"], told["set_id"]) == ("ok", True, 12)
    assert (told["as_of"], told["age_days"], told["simulated"]) == ("2023-06-30", 0, True)


def test_verdicts_and_targets(board_url: str) -> None:
    told = httpx.get(f"{board_url}/api/verdicts", params={"light": "red"}).json()
    assert (told["set_id"], told["fresh"]) == (12, True)
    by_target = {row["target"]: row for row in told["verdicts"]}
    assert set(by_target) == {"satisfaction", "deposit", "e-tender"}
    assert (by_target["satisfaction"]["value"], by_target["satisfaction"]["numerator"]) == (92.3, 923)
    carried = by_target["e-tender"]
    assert (carried["value"], carried["carried_from"], carried["age_days"]) == (None, "2023-05", 30)
    history = httpx.get(f"{board_url}/api/verdicts", params={"target": "satisfaction", "history": "true"}).json()
    assert [row["period"] for row in history["verdicts"]] == [f"2023-0{m}" for m in range(1, 7)]
    targets = httpx.get(f"{board_url}/api/targets").json()["targets"]
    assert len(targets) == 10
    assert targets[0]["value"] == 96


@pytest.mark.parametrize("path", ["/", "/data", "/target/plan-2023/satisfaction"])
def test_the_first_page_asked_for_has_its_styles_and_scripts(board_url: str, path: str) -> None:
    page = httpx.get(f"{board_url}{path}").text  # the first request of this server, whatever page it is
    assert "/assets/board.css" in page
    assert "/assets/live.js" in page


@pytest.mark.parametrize("path", ["/", "/data", "/target/plan-2023/satisfaction", "/api/docs"])
def test_pages_load_nothing_from_elsewhere(board_url: str, path: str) -> None:
    answer = httpx.get(f"{board_url}{path}")
    assert answer.status_code == 200
    loaded = re.findall(r"""(?:src|href)=["']([^"']+)["']""", answer.text)
    assert loaded
    assert [address for address in loaded if not address.startswith("/") or address.startswith("//")] == []


def test_openapi_names_the_figures(board_url: str) -> None:
    schema = httpx.get(f"{board_url}/openapi.json").json()
    figures = {"/health", "/api/verdicts", "/api/targets", "/api/giveback/{batch_id}"}
    promised = {"/api/plans", "/api/catalogue", "/api/catalogue.xlsx", "/api/clauses/{plan}/{target}"}
    assert set(schema["paths"]) == figures | promised | {"/api/families", "/api/compare"}
    assert "GET /api/verdicts" in httpx.get(f"{board_url}/api/docs").text


def test_an_annotated_copy_is_downloaded(board_url: str) -> None:
    answer = httpx.get(f"{board_url}/api/giveback/{board_seed.BATCH}")
    assert (answer.status_code, answer.content) == (200, b"PK annotated")
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''%E6%89%B9%E6%B3%A8.xlsx"
    assert httpx.get(f"{board_url}/api/giveback/000000000000").status_code == 404
    assert httpx.get(f"{board_url}/api/giveback/x.y").status_code == 422
