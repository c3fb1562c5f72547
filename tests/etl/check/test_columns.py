"""The fast ways of reading a column give what the slow ones give, cell for cell."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from etl.check.arrow import clean, match, may_hold
from etl.check.rows_grid import _make_column, to_text

NUMBERS = st.one_of(st.just(""), st.floats(allow_nan=False), st.integers(-(10**20), 10**20).map(float))


@settings(deadline=None)  # the machine is shared
@given(st.lists(NUMBERS, min_size=1, max_size=30))
def test_a_column_of_numbers_is_its_cells(cells: list[float | str]) -> None:
    texts, kinds = _make_column([[cell] for cell in cells], 0)
    slow = [to_text(cell) for cell in cells]
    assert texts.to_pylist() == [text or None for text, _ in slow]
    assert kinds is None or kinds.tolist() == [int(kind) for _, kind in slow]
    assert kinds is not None or all(cell == "" for cell in cells)


WORDS = st.text(alphabet='ab\u200b\ufeff ="#张', max_size=6)


@settings(deadline=None)  # the machine is shared
@given(st.lists(st.one_of(st.none(), WORDS), max_size=20), st.integers(0, 5))
def test_what_is_looked_for_first_changes_no_answer(words: list[str | None], start: int) -> None:
    texts = pa.array(words, pa.string())[start:]
    for pattern, needs in (('^="', '="'), ("^#", "#")):
        assert match(texts, pattern, needs=needs).tolist() == match(texts, pattern).tolist()
    seen = [word for word in words[start:] if word]
    assert may_hold(texts, "张") or not any("张" in word for word in seen)
    plain = [(word or "").replace("\u200b", "").replace("\ufeff", "").strip() or None for word in words[start:]]
    assert clean(texts).to_pylist() == plain
