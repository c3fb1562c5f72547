"""Whether all is well, in sentences: what a person on duty would look at, each with what to do."""

from __future__ import annotations

import datetime as dt
import shutil
import smtplib
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import func, select, text

from etl.core.clock import WorkCalendar
from etl.core.context import Context
from etl.core.lake import open_lake
from etl.core.postgres import EmbeddedServerError
from etl.core.secret import SecretError, known_fingerprint, read_key
from etl.core.session import open_session
from schemas.models.family import family_remarks
from schemas.models.registry import load_registry
from schemas.models.yaml_source import ConfigError
from schemas.settings import Settings
from schemas.warehouse.tables import mails, outcomes, publications

WARN_FROM_MONTH = 11
LOW_DISK_BYTES = 2 * 1024**3
OLD_SET_DAYS = 3


@dataclass(frozen=True)
class Check:
    """One point of the examination."""

    name: str
    light: str
    message: str


def examine(settings: Settings) -> list[Check]:
    """All points; a point that cannot be examined is red, and the others are still examined where possible."""
    checks = [_check_promises(settings), _check_disk(settings), _check_mail_server(settings)]
    if checks[0].light == "red":
        return checks
    try:
        with open_session(settings, trigger="cli:doctor") as ctx:
            checks += [_check_database(ctx, settings)]
            checks += [_guarded(point, ctx) for point in (_check_lake, _check_calendar, _check_set, _check_outcomes)]
            checks += [_guarded(point, ctx) for point in (_check_mails, _check_secret)]
    except EmbeddedServerError as error:
        checks.append(Check("数据库", "red", str(error)))
    except OSError as error:
        checks.append(Check("数据库", "red", f"连接不上：{error}"))
    return checks


def _guarded(point: Callable[[Context], Check], ctx: Context) -> Check:
    try:
        return point(ctx)
    except Exception as error:  # noqa: BLE001 - the examination itself must not fail on what it finds
        return Check(point.__name__.removeprefix("_check_"), "red", f"无法检查（{type(error).__name__}）：{error}")


def _check_promises(settings: Settings) -> Check:
    try:
        registry = load_registry(settings.schema_folders).in_use()
    except ConfigError as error:
        return Check("配置", "red", f"{len(error.problems)} 处有误，第一处：{error.problems[0]}")
    remarks = list(family_remarks(registry, set(registry.described_families)))
    if remarks:
        return Check("配置", "yellow", f"{remarks[0]}" + (f"；另有 {len(remarks) - 1} 处" if len(remarks) > 1 else ""))
    count = sum(len(pack.targets) for pack in registry.plans.values())
    plans = "、".join(registry.plans)
    return Check("配置", "green", f"启用方案 {plans}：{count} 条目标、{len(registry.contracts)} 个来源")


def _check_disk(settings: Settings) -> Check:
    settings.make_home()
    free = shutil.disk_usage(settings.home).free
    light = "green" if free > LOW_DISK_BYTES else "red"
    return Check("磁盘", light, f"剩余 {free / 1024**3:.1f} GiB" + ("" if light == "green" else "，请尽快清理"))


def _check_mail_server(settings: Settings) -> Check:
    where = f"{settings.smtp_host}:{settings.smtp_port}"
    try:
        with smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=5) as server:
            server.noop()
    except (OSError, smtplib.SMTPException):
        return Check("邮件服务器", "yellow", f"连接不上 {where}；邮件会留在发件箱，恢复后自动发出")
    return Check("邮件服务器", "green", f"{where} 可用")


def _check_database(ctx: Context, settings: Settings) -> Check:
    with ctx.engine.connect() as connection:
        version = connection.execute(text("show server_version")).scalar_one()
    if settings.database_url:
        return Check("数据库", "green", f"PostgreSQL {version}")
    if settings.stage == "production":
        return Check("数据库", "red", "正式环境不能用内置数据库；请用 BIZENV_DATABASE_URL 指定 PostgreSQL 服务器")
    return Check("数据库", "yellow", f"内置 PostgreSQL {version}，只供演示和开发")


def _check_lake(ctx: Context) -> Check:
    with open_lake(ctx.settings) as lake:
        found = lake.execute("select count(*) from duckdb_tables() where database_name = 'lake'").fetchone()
    return Check("数据湖", "green", f"{found[0] if found else 0} 张表")


def _check_calendar(ctx: Context) -> Check:
    """From November on, next year's notice should be there."""
    calendars = {name: WorkCalendar.from_spec(spec) for name, spec in ctx.registry.calendars.items()}
    missing = [name for name, c in calendars.items() if not c.covers(ctx.as_of)]
    if missing:
        return Check("工作日历", "red", f"{'、'.join(missing)} 没有 {ctx.as_of.year} 年的安排，时限无法计算")
    ahead = dt.date(ctx.as_of.year + 1, 1, 1)
    late = [name for name, c in calendars.items() if not c.covers(ahead)]
    if late and ctx.as_of.month >= WARN_FROM_MONTH:
        return Check("工作日历", "yellow", f"{'、'.join(late)} 还没有 {ahead.year} 年的安排，请在通知公布后录入")
    return Check("工作日历", "green", f"覆盖到 {min(c.last for c in calendars.values())}")


def _check_set(ctx: Context) -> Check:
    with ctx.engine.connect() as connection:
        query = select(publications.c.set_id, publications.c.as_of).where(publications.c.state == "published")
        newest = connection.execute(query.order_by(publications.c.set_id.desc()).limit(1)).first()
    if newest is None:
        return Check("发布", "yellow", "还没有发布过结论；请放入文件后运行 bizenv run")
    age = (ctx.as_of - newest.as_of).days
    if age > OLD_SET_DAYS:
        return Check("发布", "red", f"最新一版截至 {newest.as_of}，已过去 {age} 天；请检查定时任务是否在运行")
    return Check("发布", "green", f"第 {newest.set_id} 版，截至 {newest.as_of}")


def _check_outcomes(ctx: Context) -> Check:
    since = ctx.now() - dt.timedelta(days=1)
    with ctx.engine.connect() as connection:
        failed = select(func.count()).where(outcomes.c.status == "failed", outcomes.c.finished_at > since)
        count = connection.execute(failed).scalar_one()
    if count:
        return Check("运行", "red", f"最近一天有 {count} 次系统故障；请在看板的数据页查看")
    return Check("运行", "green", "最近一天没有系统故障")


def _check_secret(ctx: Context) -> Check:
    """The key only matters where some source holds persons."""
    sources = [c.name_zh for c in ctx.registry.contracts.values() if c.has_personal]
    if not sources:
        return Check("密钥", "green", "没有含个人信息的来源")
    try:
        fingerprint, known = read_key(ctx.settings).fingerprint, known_fingerprint(ctx.engine)
    except SecretError as error:
        return Check("密钥", "red", str(error))
    if known not in (None, fingerprint):
        return Check("密钥", "red", f"secret.key 的指纹是 {fingerprint}，库中数据用的是 {known}；请从备份恢复原密钥")
    return Check("密钥", "green", f"指纹 {fingerprint}，用于 {len(sources)} 个含个人信息的来源")


def _check_mails(ctx: Context) -> Check:
    with ctx.engine.connect() as connection:
        rows = connection.execute(select(mails.c.state, func.count()).group_by(mails.c.state)).all()
    counts: dict[str, int] = {row[0]: row[1] for row in rows}
    stuck = {state: counts.get(state, 0) for state in ("failed", "unknown")}
    if any(stuck.values()):
        return Check("邮件", "red", f"发送失败 {stuck['failed']} 封，结果不明 {stuck['unknown']} 封；请核实后人工补发")
    return Check("邮件", "green", f"已发 {counts.get('sent', 0)} 封，待发 {counts.get('pending', 0)} 封")
