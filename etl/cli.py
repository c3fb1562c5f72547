"""The command `bizenv`: its sub-commands, and the one place where a problem becomes a sentence and an exit code.

0: the command did its work (also when files were refused or targets missed); 2: wrong usage or configuration;
1: a system fault.
"""

from __future__ import annotations

import sys

import typer

from etl.commands import (
    breakdown,
    case_lights,
    cases,
    catalogue,
    data,
    deadline,
    docs,
    giveback,
    lake,
    plans,
    results,
    scaffold,
    secret,
    sources,
    tools,
)
from etl.core.postgres import EmbeddedServerError
from etl.core.secret import SecretError
from schemas.models.yaml_source import ConfigError
from schemas.settings import get_settings

app = typer.Typer(
    name="bizenv",
    help="营商环境指标：部门报表进来，可追溯的红黄绿灯出去。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

for command in (
    tools.demo,
    data.run,
    data.check,
    catalogue.targets,
    results.verdicts,
    results.explain,
    cases.cases,
    breakdown.breakdown,
):
    app.command()(command)
for command in (data.land, data.load, data.compute, data.judge, data.publish, deadline.deadline):
    app.command()(command)
for command in (tools.board, tools.stack, tools.doctor):
    app.command()(command)
app.command("case-lights")(case_lights.case_lights)
app.command("check-landed")(data.check_landed)
app.command()(giveback.giveback)
app.command()(data.recheck)
app.add_typer(plans.app, name="plan")
app.add_typer(sources.app, name="source")
app.add_typer(scaffold.indicators, name="indicator")
app.add_typer(secret.app, name="secret")
app.add_typer(docs.app, name="docs")
app.add_typer(lake.app, name="lake")


def main() -> None:
    """Entry point; exceptions of the system are shown whole only at log level DEBUG."""
    sys.exit(run_command(sys.argv[1:]))


def run_command(arguments: list[str]) -> int:
    """Run one command line and return its exit code."""
    try:
        result = app(catalogue.complete_arguments(arguments), standalone_mode=False)
    except typer.Exit as stop:
        return stop.exit_code
    except typer.TyperException as error:
        return _complain(f"用法有误：{error}", 2)
    except ConfigError as error:
        return _complain(f"配置有误，请按下列位置修改后重试：\n{error}", 2)
    except (typer.Abort, KeyboardInterrupt):
        return _complain("已中止。", 1)
    except SecretError as error:
        return _complain(str(error), 2)
    except EmbeddedServerError as error:
        return _complain(str(error), 1)
    except Exception as error:
        if get_settings().log_level == "DEBUG":
            raise
        return _complain(f"系统故障（{type(error).__name__}）：{error}\n详情请以 BIZENV_LOG_LEVEL=DEBUG 重试。", 1)
    return result if isinstance(result, int) else 0


def _complain(message: str, code: int) -> int:
    sys.stderr.write(message + "\n")
    return code


if __name__ == "__main__":
    main()
