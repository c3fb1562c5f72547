"""How a call into the sandbox ends when it gives no answer."""

from __future__ import annotations


class TooCostlyError(Exception):
    """The input needed more than its limits; `what` is `memory` or `time`."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class CrashedError(Exception):
    """The input brought the child down, twice; `how` is the signal or the exit code, for an engineer."""

    def __init__(self, how: str) -> None:
        super().__init__(how)
        self.how = how


class FaultError(RuntimeError):
    """A fault of ours: an exception of the child, or a child that does not start. Never the sender's doing.

    Attributes:
        kind: name of the exception's class.
        place: file and line where it was raised.
        words: its message, which may quote what was read.
    """

    def __init__(self, kind: str, place: str, words: str = "") -> None:
        super().__init__(f"{kind}（{place}）{f'：{words}' if words else ''}")
        self.kind, self.place, self.words = kind, place, words

    def without_words(self) -> FaultError:
        """The same fault as it may be told where the input holds persons."""
        return FaultError(self.kind, self.place)
