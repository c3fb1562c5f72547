"""land: files of the inbox become landed batches, each content once; the original is kept as it is."""

from etl.land.inbox import waiting_files
from etl.land.landing import land_inbox

__all__ = ["land_inbox", "waiting_files"]
