"""Bytes or text in, a file out, atomically: a killed write leaves the old file or the new one, never half of one."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

__all__ = ["write_atomic"]


def write_atomic(path: str | Path, data: bytes | str) -> None:
    """Write a file so that readers see all of it or none of it.

    The data goes to a temporary file in the same folder, is flushed to the disk, and takes the place of `path` in one step.

    Parameters
    ----------
    path
        Where to write; its folder must exist.
    data
        Text is written as UTF-8 with the line ends that it has.

    Raises
    ------
    OSError
        The folder is missing or not writable, or the disk is full; `path` is then as it was.
    """
    path = Path(path)
    raw = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    except OSError as error:  # it names the temporary file, which nobody has heard of
        raise OSError(error.errno, error.strerror, str(path.parent)) from None
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(raw)
            out.flush()
            os.fsync(out.fileno())
        mask = os.umask(0)
        os.umask(mask)
        Path(name).chmod(0o666 & ~mask)  # mkstemp makes files that only the owner can read
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
