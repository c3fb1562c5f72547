"""load: accepted rows into the lake, each batch exactly once, and the periods they touch marked for compute."""

from etl.load.stage import Loaded, load_accepted, load_batch

__all__ = ["Loaded", "load_accepted", "load_batch"]
