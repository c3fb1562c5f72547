"""Code lists of a pack: what a rule may name, and mistakes told with file, line and key."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import Engine

from etl.check.stage import check_waiting
from etl.land import land_inbox
from schemas.models.registry import load_registry
from schemas.models.yaml_source import ConfigError
from schemas.settings import Settings
from tests.etl.check.files import make_cases, make_report, write_xlsx
from tests.etl.check.test_rules_stage import open_desk
from tests.schemas.test_contract_between import TEXT, write

IN_LIST = {"kind": "reference", "code": "NO_TRADE", "column": "trade", "list": "trades", **TEXT}
LIST = """\
id: trades
name_zh: 行业代码
name_en: Trades
codes:
  - {code: A01, name_zh: 农业}
  - {code: "01", name_zh: 其他, aliases: [其它]}
"""


def make_trades(**changes: Any) -> Any:
    columns = [{"name": "firm", "header": "企业", "type": "text"}, {"name": "trade", "header": "行业", "type": "text"}]
    told = {"id": "trades_report", "columns": columns, "key": ["firm"], "unit_column": None, "rules": [IN_LIST]}
    return make_report(**{**told, **changes})


def write_pack(folder: Path, text: str, *contracts: Any) -> Path:
    write(folder, *contracts)
    (folder / "lists").mkdir()
    (folder / "lists" / "trades.yml").write_text(text, encoding="utf-8")
    return folder


def test_cells_are_held_against_the_list(tmp_path: Path, settings: Settings, engine: Engine) -> None:
    """Codes and their other spellings are known, names are not; 01 keeps its zero."""
    registry = load_registry([write_pack(tmp_path / "s", LIST, make_trades())])
    desk = open_desk(settings, engine, *registry.contracts.values())
    object.__setattr__(desk.ctx, "registry", registry)
    rows = [["甲", "A01"], ["乙", "01"], ["丙", "1"], ["丁", "其它"], ["戊", "农业"], ["己", "a01"]]
    write_xlsx(settings.inbox / "月报.xlsx", [["2023年3月"], ["企业", "行业"], *rows])
    land_inbox(desk.ctx)
    check_waiting(desk.ctx)
    assert desk.found() == [("2023-03", "NO_TRADE", f"B{line}") for line in (5, 7, 8)]
    assert desk.reading("2023-03")["known"]["NO_TRADE"]["words"] == 3


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (LIST.replace("id: trades", "id: trade"), r"trades\.yml:1: id: must be the file name 'trades'"),
        (LIST.replace('"01"', "01"), r"trades\.yml:6: codes\.1\.code: 应当是文字"),
        (LIST.replace("name_zh: 其他", "name: 其他"), r"trades\.yml:6: codes\.1\.name: 没有这个键"),
        (LIST.replace("其它", "A01"), r"trades\.yml:1: .*\['A01'\] stand twice"),
        (LIST.partition("codes:")[0] + "codes: []\n", r"trades\.yml:4: codes: 至少写 1 项"),
        (LIST.replace("id: trades", "id: units"), r"trades\.yml:1: .*'units' is the list of units\.yml"),
    ],
)
def test_mistakes_in_a_list_are_told_with_their_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        load_registry([write_pack(tmp_path / "s", text, make_trades())])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"rules": [IN_LIST | {"list": "jobs"}]},
            r"trades_report\.yml:\d+: rules\.0\.list: no list 'jobs'; there are \['units', 'trades'\]",
        ),
        ({"rules": [IN_LIST | {"list": "No such"}]}, r"trades_report\.yml:\d+: rules\.0\.list: 写法不对"),
        (
            {
                "columns": [
                    {"name": "firm", "header": "企业", "type": "text"},
                    {"name": "trade", "header": "行业", "type": "text", "personal": True},
                ]
            },
            "'trade' holds no words that a list could have",
        ),
    ],
)
def test_rules_name_a_list_that_is_there(tmp_path: Path, changes: dict[str, Any], message: str) -> None:
    contract = make_trades()
    text = {**contract.model_dump(mode="json"), **changes}
    folder = write_pack(tmp_path / "s", LIST, contract)
    (folder / "contracts" / "trades_report.yml").write_text(yaml.safe_dump(text, allow_unicode=True), encoding="utf-8")
    with pytest.raises(ConfigError, match=message):
        load_registry([folder])


def test_the_place_of_a_rule_that_is_wrong_is_its_own_line(tmp_path: Path) -> None:
    """A key of a rule is told on its line, of whatever kind the rule is, also where a key is called like a kind."""
    folder = write(tmp_path / "s", make_cases(rules=[]))
    path = folder / "contracts" / "cases.yml"
    text = path.read_text(encoding="utf-8").replace("rules: []", "rules:\n- kind: rate\n  code: R\n  rate: 1")
    path.write_text(text, encoding="utf-8")
    line = text.split("\n").index("  rate: 1") + 1
    with pytest.raises(ConfigError, match=rf"cases\.yml:{line}: rules\.0\.rate: "):
        load_registry([folder])
