"""Heads of clauses and page furniture: numbers that order the document and promise nothing."""

from __future__ import annotations

import re

CN = "一二三四五六七八九十"
CHAPTER = re.compile(rf"\s*第\s?([{CN}百零\d]+)\s?([编章节条部篇])")
HAN = re.compile(rf"\s*([{CN}百]+)、(?![{CN}])")
HAN_IN_BRACKETS = re.compile(rf"\s*\(([{CN}]{{1,3}})(?:\)|(?=[^{CN}\d,.、)]))")
DIGIT = re.compile(r"\s*(\d{1,3})[.、](?!\d)")
DIGIT_IN_BRACKETS = re.compile(r"\s*\((\d{1,2})\)|\s*(\d{1,2})\)")
CIRCLED = re.compile(r"\s*([①-⑳])")
"""Heads as they stand at the start of a line of narrow text, the outer ones first."""

HEAD = re.compile("|".join(form.pattern for form in (CHAPTER, HAN, HAN_IN_BRACKETS, DIGIT, DIGIT_IN_BRACKETS, CIRCLED)))

PAGE = re.compile(r"[ \t]*-*[ \t]*\d+[ \t]*-*[ \t]*$")
"""A page number on a line of its own."""

CONTENTS_END = r"[ \t]-[ \t]?\d+[ \t]?-[ \t]*$|(?:…{2,}|[.·]{3,})[ \t]*\d+[ \t]*$"
"""The page number that ends a line of a table of contents."""

STRUCTURE = re.compile(
    "|".join(
        (
            rf"(?m:^(?:{HEAD.pattern}))",
            rf"\([{CN}]{{1,3}}\)|\(\d{{1,2}}\)(?!\d)|[①-⑳]",  # references to them and enumerations inside a line
            rf"(?:(?<=[。;:,])|(?m:^))\s?[{CN}](?:是|要(?!素))",  # 一是 ... 二是 ...
            rf"(?:(?<=[。;:])|(?m:^))\s?第[{CN}],",
            r"(?<=[。;:])\s?\d{1,2}[.、](?!\d)|(?<![\d%])[ \t]\d{1,2}\.(?=[ \t]?[一-鿿“])",
            rf"第[{CN}百]+[编章节](?!课)",
            rf"(?m:^{PAGE.pattern})",
            rf"(?m:{CONTENTS_END})",
            r"第[ \t]?\d+[ \t]?页(?:[ \t/,]*共[ \t]?\d+[ \t]?页)?",
            r"(?:访问量|浏览次数|浏览量|阅读量|点击数|点击量)[ \t]*:[ \t]*\d+",
        )
    )
)
"""Everything in narrow text that is a number and no quantity because it numbers the document or the page."""
