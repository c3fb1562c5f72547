"""Lights: always shape, word and colour together."""

from __future__ import annotations

from typing import Literal

from dash import html

from dashboards.queries.records import Verdict
from dashboards.texts import LIGHTS, REASONS, STATUS_LIGHT, STATUSES, Lang, LightWords, pick, word

Size = Literal["small", "normal", "big"]


def light_word(verdict: Verdict, lang: Lang) -> str:
    """What the light says now: the light's own meaning, a missed aspiration under its own name."""
    if verdict.light == "yellow" and verdict.status == "missed":
        return "Aspiration not reached" if lang == "en" else "力争未达"
    return pick(LIGHTS[verdict.light].word, lang)


def build_light(light: str, lang: Lang, *, text: str | None = None, size: Size = "normal") -> html.Span:
    """A light chip: shape (hidden from readers), name of the colour, word."""
    return build_chip(LIGHTS[light], lang, text=text, look=f"light-{light} light-{size}")


def build_chip(words: LightWords, lang: Lang, *, text: str | None, look: str) -> html.Span:
    """The same for any kind of light; `look` are its classes beside `light`."""
    colour = pick(words.colour, lang)
    children = [
        html.Span(words.shape, className="light-shape", **{"aria-hidden": "true"}),  # type: ignore[arg-type]
        html.Span(colour, className="light-colour") if colour else None,
        html.Span(text or pick(words.word, lang), className="light-word"),
    ]
    return html.Span([c for c in children if c is not None], className=f"light {look}")


def build_verdict_light(verdict: Verdict, lang: Lang, *, size: Size = "normal") -> html.Span:
    """The light of (target, unit) now."""
    return build_light(verdict.light, lang, text=light_word(verdict, lang), size=size)


def build_status(verdict: Verdict, lang: Lang) -> html.Span:
    """The status of one period. It is never carried: a silent period is grey whatever the light says."""
    return build_light(status_light(verdict), lang, text=word(STATUSES, verdict.status, lang), size="small")


def status_light(verdict: Verdict) -> str:
    """The light that the status of one period stands for."""
    return "yellow" if verdict.reason == "strive" else STATUS_LIGHT.get(verdict.status, "grey")


def reason_text(verdict: Verdict, lang: Lang) -> str:
    """The reason code in words."""
    return word(REASONS, verdict.reason, lang)
