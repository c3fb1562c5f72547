"""The fast ways of reading a column give what the slow ones give, cell for cell."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.check.arrow import clean, match, may_hold
from etl.check.cell_texts import Share, to_text
from etl.check.columns import make_column

LAST = dt.datetime(9999, 12, 31, 23, 59, 59)
STAMPS = st.datetimes(max_value=LAST) | st.datetimes(max_value=LAST, timezones=st.just(dt.UTC))
SHORT = st.integers(-(10**17), 10**17).flatmap(lambda n: st.sampled_from([n / 10**k for k in range(9)]))
CELLS = st.one_of(
    st.just(""),
    st.sampled_from(["企业1", " 张 ", "#N/A", "x #N/A", "\u200b"]),
    st.floats(),
    SHORT,
    st.integers(-(10**20), 10**20).map(float),
    SHORT.map(Share),
    st.floats().map(Share),
    STAMPS,
    st.dates(),
    st.times(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
)


@settings(deadline=None, max_examples=300)  # the machine is shared
@given(st.lists(CELLS, min_size=1, max_size=30))
def test_a_column_is_its_cells(cells: list[Any]) -> None:
    texts, kinds = make_column(cells)
    slow = [to_text(cell) for cell in cells]
    assert texts.to_pylist() == clean(pa.array([text for text, _ in slow], pa.string())).to_pylist()
    assert (kinds.tolist() if kinds is not None else [0] * len(cells)) == [int(kind) for _, kind in slow]


WORDS = st.text(alphabet='ab\u200b\ufeff ="#张', max_size=6)


@settings(deadline=None)  # the machine is shared
@given(st.lists(st.one_of(st.none(), WORDS), max_size=20), st.integers(0, 5))
def test_what_is_looked_for_first_changes_no_answer(words: list[str | None], start: int) -> None:
    texts = pa.array(words, pa.string())[start:]
    for pattern, needs in (('^="', ('="',)), ("^#", ("#",)), ("^[张a]", ("张", "a")), ("b", ("x", "b"))):
        assert match(texts, pattern, needs=needs).tolist() == match(texts, pattern).tolist()
    seen = [word for word in words[start:] if word]
    assert may_hold(texts, "张") or not any("张" in word for word in seen)
    assert may_hold(texts, "x", "张") or not any("张" in word for word in seen)
    plain = [(word or "").replace("\u200b", "").replace("\ufeff", "").strip() or None for word in words[start:]]
    assert clean(texts).to_pylist() == plain
