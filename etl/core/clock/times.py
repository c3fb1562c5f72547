"""Columns of moments: instants in wall time, some of them dates whose time nobody wrote down (see `limits.Moment`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Instants = npt.NDArray[np.datetime64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
DAY = np.timedelta64(1, "D")


@dataclass(frozen=True)
class Times:
    """`at` is `datetime64[us]` (of a date without a time: its midnight), `coarse` says which are such dates."""

    at: Instants
    coarse: Bools

    @classmethod
    def of(cls, at: Any, coarse: Any = False) -> Times:
        """From any column of instants; missing ones stay missing."""
        stamps = np.asarray(at, dtype="datetime64[us]")
        flags = np.broadcast_to(np.asarray(coarse, dtype=bool), stamps.shape)
        return cls(stamps, flags & ~np.isnat(stamps))

    @classmethod
    def missing_like(cls, other: Times) -> Times:
        return cls.of(np.full(other.at.shape, np.datetime64("NaT", "us")))

    @property
    def missing(self) -> Bools:
        return np.isnat(self.at)

    @property
    def date(self) -> Instants:
        return self.at.astype("datetime64[D]")

    @property
    def begins(self) -> Instants:
        """The earliest instant that each can mean."""
        return np.where(self.coarse, self.date.astype("datetime64[us]"), self.at)

    @property
    def ends(self) -> Instants:
        """The instant by which each is surely over."""
        return np.where(self.coarse, (self.date + DAY).astype("datetime64[us]"), self.at)

    def is_before(self, other: Times) -> Bools:
        """Surely earlier; where one lacks a time, as dates. False where one is missing."""
        return np.where(self.coarse | other.coarse, self.date < other.date, self.at < other.at)

    def where(self, condition: Bools, other: Times) -> Times:
        """These where the condition holds, else the others."""
        return Times(np.where(condition, self.at, other.at), np.where(condition, self.coarse, other.coarse))

    def keep(self, condition: Bools) -> Times:
        """Missing where the condition does not hold."""
        return Times(np.where(condition, self.at, np.datetime64("NaT", "us")), self.coarse & condition)

    def or_later(self, other: Times) -> Times:
        """`other` where it is surely later, else these."""
        return other.where(self.is_before(other), self)

    def spread(self, columns: int) -> Times:
        """The same moment in every column of a table."""
        shape = (*self.at.shape, columns)
        return Times(np.broadcast_to(self.at[:, None], shape), np.broadcast_to(self.coarse[:, None], shape))

    def take(self, order: npt.NDArray[np.intp]) -> Times:
        """Each row of a table in the order of these indices."""
        return Times(np.take_along_axis(self.at, order, axis=1), np.take_along_axis(self.coarse, order, axis=1))

    def __getitem__(self, index: Any) -> Times:
        return Times(self.at[index], self.coarse[index])
