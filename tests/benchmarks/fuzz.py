"""Coverage-guided fuzzing with atheris (pip install atheris): what comes from outside must give a result or one of the library's errors, and true offsets.

    python tests/benchmarks/fuzz.py text -max_total_time=600       strings to extract() and classify(), spliced from pieces that look like news
    python tests/benchmarks/fuzz.py files -max_total_time=600      bytes as .txt .html .csv .tsv .jsonl .xlsx files
    python tests/benchmarks/fuzz.py labels -max_total_time=600     texts as stories, rows and exports of annotation tools
    python tests/benchmarks/fuzz.py model -max_total_time=600      bytes as model files

Whatever stands after the target goes to libFuzzer; a finding is written as crash-* into the folder from which it was started and is repeated with
`python tests/benchmarks/fuzz.py text crash-...`. Findings become cases in the tests.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
import tempfile
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["stance"]):  # what is imported on first use must be imported here, or its branches are not seen
    import stance
    from stance import api, documents, exports, formats, render, stories  # noqa: F401
    from stance.errors import StanceError
    from stance.labels import load_labels

PIECES = (
    "Huawei", "the company", "Mike Arden", "Ms. Lee", "U.S. officials", "Beijing", " said ", " told reporters ", " denied that ", "according to ", " warned ",
    " was banned by ", " was added to the list by ", ". ", ", ", "; ", ": ", " ", "\n", "\n\n", "\r\n", "“", "”", '"', "''", "``", "‘", "’", "'", "(", ")", "—", "- ", "Q: ",
    " who ", " which ", " and ", " but ", " while ", " it ", " he ", " she ", "Read more: ", "…", "\u200b", "\u00ad", "\u202e", "\ufeff", "\0", "\ud800", "e\u0301", "İ", "ß",
    "Нuаwеі", "Ｈｕａｗｅｉ", "\x85", "\u2028", "1,000", "5G", " that ", " to ", " not ", " no ", "ban", "statement", "spokesman", " 's ", "A. ", "Mr. ",
)  # fmt: skip


def news(data: atheris.FuzzedDataProvider) -> str:
    """A string of pieces and raw characters, as the fuzzer's bytes choose."""
    parts = []
    while data.remaining_bytes() and len(parts) < 400:
        at = data.ConsumeIntInRange(0, len(PIECES) + 1)
        parts.append(PIECES[at] if at < len(PIECES) else data.ConsumeUnicode(4))
    return "".join(parts)


def text(raw: bytes) -> None:
    """Any string: offsets are true, and all ways of showing the report work."""
    string = news(atheris.FuzzedDataProvider(raw))
    try:
        report = stance.classify(string)
    except StanceError:
        return
    for s in report.statements:
        assert string[s.start : s.end] == s.text, (s, string)
        for span in (*s.content, s.speaker_span, s.cue_span, s.target_span):
            assert span is None or (0 <= span.start < span.end <= len(string) and string[span.start : span.end] == span.text), (span, string)
        assert abs(sum(s.probabilities.values()) - 1) < 1e-6
    str(report), report.to_json(), report.to_html()


def files(raw: bytes) -> None:
    """Any bytes under any name that is read."""
    data = atheris.FuzzedDataProvider(raw)
    suffix = documents.FILE_TYPES[data.ConsumeIntInRange(0, len(documents.FILE_TYPES) - 1)]
    unit = "document" if data.ConsumeBool() else "statement"
    body = data.ConsumeBytes(data.remaining_bytes())
    path = FOLDER / f"x{suffix}"
    path.write_bytes(_workbook(body) if suffix == ".xlsx" and len(body) % 2 else body)
    with contextlib.suppress(StanceError):
        stance.classify(path, unit=unit, errors="skip")


def _workbook(sheet: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        z.writestr("[Content_Types].xml", b"<Types/>")
        z.writestr("xl/workbook.xml", sheet)
    return out.getvalue()


def labels(raw: bytes) -> None:
    """Any text as a story file, as rows, and as every export of an annotation tool."""
    data = atheris.FuzzedDataProvider(raw)
    what = data.ConsumeIntInRange(0, len(formats.FORMATS) + 1)
    string = data.ConsumeUnicode(data.remaining_bytes())
    if what == 0:
        annotated, faults = stories.read_stories(string, "x.txt")
        [str(f) for f in faults]
        assert all(a.text for a in annotated)
    elif what == 1:
        (FOLDER / "rows.csv").write_bytes(string.encode("utf-8", "surrogatepass"))
        with contextlib.suppress(StanceError):
            load_labels(FOLDER)
    else:
        with contextlib.suppress(StanceError):
            formats.import_labels(string, list(formats.FORMATS)[what - 2])


def model(raw: bytes) -> None:
    """The shipped model with bytes changed, inside its members or outside, and nothing that is no model."""
    data = atheris.FuzzedDataProvider(raw)
    body = bytearray(MODEL)
    if data.ConsumeBool():
        members = {i.filename: bytearray(z.read(i)) for z in [zipfile.ZipFile(io.BytesIO(MODEL))] for i in z.infolist()}
        while data.remaining_bytes() > 8:
            part = members[data.PickValueInList(sorted(members))]
            part[data.ConsumeIntInRange(0, min(len(part) - 1, 4_000))] = data.ConsumeIntInRange(0, 255)
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as z:
            for name, part in members.items():
                z.writestr(name, bytes(part))
        body = bytearray(out.getvalue())
    else:
        while data.remaining_bytes() > 8:
            body[data.ConsumeIntInRange(0, len(body) - 1)] = data.ConsumeIntInRange(0, 255)
    path = FOLDER / "m.stance"
    path.write_bytes(body)
    with contextlib.suppress(StanceError):
        stance.classify("Huawei denied that it spies.", model=path)


TARGETS: dict[str, Callable[[bytes], None]] = {"text": text, "files": files, "labels": labels, "model": model}
FOLDER = Path(tempfile.mkdtemp(prefix="stance-fuzz-"))
MODEL = b""

if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] not in TARGETS:
        sys.exit(__doc__)
    (FOLDER / "target.toml").write_text('name = "Huawei"\n', encoding="utf-8")
    MODEL = stance.load_model().to_bytes()
    warnings.simplefilter("ignore")
    os.environ.setdefault("PYTHONHASHSEED", "0")
    atheris.Setup([sys.argv[0], "-len_control=0", "-max_len=1500", *sys.argv[2:]], TARGETS[sys.argv[1]])
    atheris.Fuzz()
