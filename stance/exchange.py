"""Files of annotation tools into a labels folder and out of it: a whole file arrives or none of it; the formats themselves are in `formats.py`."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from stance.documents import decode
from stance.errors import InputError
from stance.files import write_atomic
from stance.formats import export_labels, format_of, read_rows, rows_csv
from stance.labels import default_folder, load_labels
from stance.target import load_target

__all__ = ["Imported", "export_text", "import_file"]


@dataclass(frozen=True, slots=True)
class Imported:
    """What came in: the file in the labels folder, how many labelled rows it holds, how many were left out unlabelled, and whether the folder is new."""

    path: Path
    rows: int
    unlabelled: int
    new_folder: bool


def export_text(folder: str | Path | None, to: str, *, blind: bool = False) -> str:
    """The statements of a labels folder as the text of a file in another tool's format.

    Parameters
    ----------
    folder
        A labels folder; None for the one that came with the package.
    to
        One of `stance.formats.FORMATS`.
    blind
        Leave out label, annotator and note, so that a second annotator is not led; the ids stay, so that the judgements find their statements
        when they are imported.

    Raises
    ------
    LabelError
        The folder has faults.
    InputError
        There is no such format.
    """
    statements = load_labels(folder).statements
    return export_labels([replace(s, stance="", annotator="", note="") for s in statements] if blind else statements, to)


def import_file(path: str | Path, folder: str | Path, *, of: str | None = None, annotator: str | None = None, replace_old: bool = False) -> Imported:
    """Bring a file of another tool into a labels folder, as a CSV file of the same name.

    The folder is checked as it would be with the new rows; only if it has no faults is anything written. A folder that is not there yet is made,
    with the `target.toml` of the labels that came with the package.

    Parameters
    ----------
    path
        The other tool's file.
    folder
        The labels folder.
    of
        One of `stance.formats.FORMATS`; by default the file's name and text tell.
    annotator
        Whose judgements these are, for all rows; by default what the file says.
    replace_old
        Take the place of a CSV file of that name.

    Returns
    -------
    Imported

    Raises
    ------
    InputError
        The file cannot be read, is in no such format, holds nothing labelled, or a file of that name is in the folder already.
    LabelError
        The folder would have faults; lines of the new file are counted as it would be written.
    """
    path, folder = Path(path), Path(folder)
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None
    text = decode(raw, str(path))
    try:
        rows = read_rows(text, of or format_of(path.name, text))
    except InputError as error:
        raise InputError(f"{path}: {error}" if not str(error).startswith(path.name) else str(error)) from None
    labelled = [r | ({"annotator": annotator} if annotator else {}) for r in rows if r.get("stance")]
    if not labelled:
        raise InputError(f"{path}: holds no labelled rows" + (f" ({len(rows):,} without a label)" if rows else ""))
    goal = folder / f"{path.stem}.csv"
    if goal.exists() and not replace_old:
        raise InputError(f"{goal}: is there already; give the file another name, or say that it is to be replaced")
    new_folder = not folder.exists()
    if not new_folder:
        load_target(folder / "target.toml")
    content = rows_csv(labelled)
    with tempfile.TemporaryDirectory(prefix="stance-") as name:
        trial = Path(name)
        _copy(default_folder() if new_folder else folder, trial, only_target=new_folder)
        (trial / goal.name).write_bytes(content.encode("utf-8", "surrogatepass"))
        load_labels(trial)
        if new_folder:
            folder.mkdir(parents=True)
            write_atomic(folder / "target.toml", (trial / "target.toml").read_bytes())
    write_atomic(goal, content)
    return Imported(goal, len(labelled), len(rows) - len(labelled), new_folder)


def _copy(folder: Path, to: Path, only_target: bool) -> None:
    """All that `load_labels` reads of a folder."""
    for pattern in ("target.toml",) if only_target else ("*.toml", "*.csv", "stories/*.txt"):
        for file in folder.glob(pattern):
            place = to / file.relative_to(folder)
            place.parent.mkdir(exist_ok=True)
            shutil.copyfile(file, place)
