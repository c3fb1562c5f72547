"""Rules that follow from the events of a contract: what cannot be the other way round, and what cannot be yet.

They are rules like any other, so that suite, findings and documentation know them; an office may write one of the same
code itself, with other words or another level.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

from pydantic import ValidationError

from schemas.models.contract_events import Events

MEND = "请核对这几个时间，更正后重新报送该件"


def add_event_rules(data: Mapping[str, Any]) -> dict[str, Any]:
    """The content of a contract with the rules that its `events` mean; whatever is wrong in it is told elsewhere."""
    content = dict(data)
    events = _events_of(content.get("events"))
    if events is None:
        return content
    headers = {str(_get(column, "name")): str(_get(column, "header")) for column in content.get("columns") or ()}
    written = list(content.get("rules") or ())
    known = {_get(rule, "code") for rule in written} | {_pair_of(rule) for rule in written}
    made = [*_order_rules(events.order, headers), *_future_rules(events, content.get("received"), headers)]
    content["rules"] = [*written, *(rule for rule in made if not (known - {None}) & {rule["code"], _pair_of(rule)})]
    return content


def _pair_of(rule: Any) -> tuple[str, str] | None:
    """(earlier, later) of a rule over two events, so that one thing is not told twice."""
    op, left, right = (_get(rule, name) for name in ("op", "left", "right"))
    if not isinstance(op, str) or op == "==":
        return None
    return (left, right) if op.startswith("<") else (right, left)


def _events_of(value: Any) -> Events | None:
    if value is None or isinstance(value, Events):
        return value
    try:
        return Events.model_validate(value)
    except ValidationError:
        return None


def _get(item: Any, name: str) -> Any:
    return item.get(name) if isinstance(item, Mapping) else getattr(item, name, None)


def _order_rules(order: Sequence[str], headers: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "kind": "pair",
            "code": f"EVENT_ORDER_{first}_{second}".upper(),
            "left": first,
            "op": "<=",
            "right": second,
            "message": f"{headers.get(second, second)}早于{headers.get(first, first)}",
            "todo": MEND,
        }
        for first, second in combinations(order, 2)
    ]


def _future_rules(events: Events, received: str | None, headers: Mapping[str, str]) -> list[dict[str, Any]]:
    """Events that have happened; a planned end of a suspension may lie ahead."""
    named = (received, events.accepted, *events.finished, events.withdrawn, *events.order)
    return [
        {
            "kind": "not_future",
            "code": f"EVENT_FUTURE_{name}".upper(),
            "column": name,
            "message": f"{headers.get(name, name)}在今天之后",
            "todo": MEND,
        }
        for name in dict.fromkeys(name for name in named if name)
    ]
