"""Packs state facts and numbers in words of their own: the sentences of the documents stay in the documents."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from schemas.settings import REPO

LONGEST = 20
"""Characters in a row that a pack may have in common with its document: titles and lists of units are not looked at."""


def squeeze(text: str) -> str:
    return re.sub(r"\s", "", text)


def find_copies(lines: list[str], document: str, length: int) -> list[str]:
    runs = {document[i : i + length] for i in range(len(document) - length + 1)}
    found = []
    for line in map(squeeze, lines):
        found += [line[i : i + length] for i in range(len(line) - length + 1) if line[i : i + length] in runs][:1]
    return found


@pytest.mark.shared
@pytest.mark.parametrize("plan", sorted(p.name for p in (REPO / "schemas" / "plans").iterdir()))
def test_no_sentence_of_the_document_stands_in_the_pack(plan: str, shared: Path) -> None:
    documents = "\n".join(squeeze(p.read_text(encoding="utf-8")) for p in sorted((shared / "policy").glob("*.txt")))
    for file in sorted((REPO / "schemas" / "plans" / plan).glob("*.yml")):
        if file.stem in ("plan", "units"):
            continue
        lines = [x for x in file.read_text(encoding="utf-8").splitlines() if "_units:" not in x]
        assert find_copies(lines, documents, LONGEST + 1) == [], file.name


def test_a_copied_sentence_would_be_found() -> None:
    sentence = "全局各单位应当在每季度结束后十日内报送办件量和按时办结率。"
    assert find_copies([f"name_zh: {sentence[3:]}"], sentence, LONGEST + 1) == [sentence[3 : 3 + LONGEST + 1]]
