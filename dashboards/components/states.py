"""The four states of anything on the board, designed once: empty, loading, stale, error."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboards.formats import MISSING
from dashboards.source import State
from dashboards.texts import Lang
from dashboards.words import label, say


def _box(kind: str, title: str, text: str | None = None) -> html.Div:
    children: list[Any] = [html.P(title, className="state-title")]
    if text:
        children.append(html.P(text, className="state-text"))
    return html.Div(children, className=f"state state-{kind}", role="status")


def build_empty(title: str, text: str | None = None) -> html.Div:
    """There is nothing, and that is known for sure."""
    return _box("empty", title, text)


def build_loading(lang: Lang) -> html.Div:
    return _box("loading", label("loading", lang))


def build_error(title: str, text: str | None = None) -> html.Div:
    """It could not be read. Says what to do; never a traceback."""
    return _box("error", title, text)


def seen_clock(state: State) -> str:
    """When the database last answered, `HH:MM`; with the day where it was not today."""
    if state.seen_at is None:
        return MISSING
    seen, now = state.seen_at.astimezone(state.zone), state.now.astimezone(state.zone)
    return seen.strftime("%H:%M" if seen.date() == now.date() else "%Y-%m-%d %H:%M")


def stale_text(state: State, lang: Lang) -> str | None:
    """The stamp of figures that may no longer be true; None while they are."""
    if state.problem is None or state.snapshot is None:
        return None
    at = seen_clock(state)
    return say(
        f"数据库不可用，以下为 {at} 的最后一版", f"Database unavailable; this is the last version, of {at}", lang
    )


def build_stale(state: State, lang: Lang) -> html.Div | None:
    """The banner of a board that shows its last version."""
    text = stale_text(state, lang)
    if text is None:
        return None
    todo = say("恢复后本页自动更新，不需要刷新。", "The page comes back by itself, no reload needed.", lang)
    return html.Div([html.Strong(text), html.Span(todo)], className="banner banner-stale", role="alert")


def build_old(state: State, lang: Lang) -> html.Div | None:
    """The banner of figures whose as-of is more than three days back."""
    if not state.is_old or state.snapshot is None:
        return None
    age, as_of = state.age_days, state.snapshot.published.as_of
    text = say(
        f"数据已 {age} 天没有更新：截至 {as_of}，今天是 {state.today}。",
        f"The figures are {age} days old: as of {as_of}, today is {state.today}.",
        lang,
    )
    todo = say("请查看“数据”页的运行记录。", "See the runs on the data page.", lang)
    return html.Div([html.Strong(text), html.Span(todo)], className="banner banner-old", role="alert")


def build_no_set(state: State, lang: Lang) -> html.Div:
    """Why there is nothing to show yet."""
    if state.problem == "not_ready":
        return build_error(
            say("数据库里还没有建表", "The database has no tables yet", lang),
            say(
                "请先运行一次 bizenv run 或 bizenv demo，本页会自动更新。", "Run bizenv run or bizenv demo first.", lang
            ),
        )
    if state.problem == "away":
        return build_error(
            say("数据库不可用，暂时没有可显示的数据", "Database unavailable, nothing to show yet", lang),
            say("恢复后本页自动更新，不需要刷新。", "The page comes back by itself, no reload needed.", lang),
        )
    return build_empty(
        say("还没有发布过结果", "Nothing has been published yet", lang),
        say(
            "把部门的导出文件放进收件箱，处理完成后本页自动更新。",
            "Put exports into the inbox; the page follows.",
            lang,
        ),
    )
