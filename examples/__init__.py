"""A simulated district: exports of 2023 as departments write them, and an answer key of its own.

It stands alone on purpose: nothing of the pipeline is imported, so that its verdicts are a second opinion.
"""

from examples.simulation import SimFile, Simulation, simulate

__all__ = ["SimFile", "Simulation", "simulate"]
