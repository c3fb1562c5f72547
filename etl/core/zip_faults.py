"""What `zipfile` raises over bytes that are no whole archive: one list for all who open what others have sent."""

from __future__ import annotations

import zipfile
import zlib

ZIP_FAULTS = (OSError, zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, ValueError)
"""Beside the obvious: a password (RuntimeError), a method that Python has not (NotImplementedError), a name that is not
in the encoding that it claims (ValueError)."""
