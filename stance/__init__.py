"""Who stands where: finds who says what in English news text and labels each statement's stance on a target, restrictive, soft or neutral.

>>> import stance
>>> report = stance.classify("The ministry barred Huawei from the network. Huawei denied that it is a threat.")
>>> [(s.name, s.stance) for s in report]
[('Ministry', 'restrictive'), ('Huawei', 'soft')]

The names in `__all__` are the public surface; each is loaded on first use, so that `import stance` needs neither scikit-learn nor pandas.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from stance.api import classify, classify_frame, extract, iter_classify
    from stance.errors import Fault, InputError, LabelError, MissingExtra, ModelError, StanceError
    from stance.evaluation import Evaluation, evaluate
    from stance.labels import LabelSet, load_labels, suggest
    from stance.model import Model, load_model, train
    from stance.results import STANCES, Document, Report, Span, Speaker, Statement
    from stance.target import Target, load_target

__all__ = [
    "STANCES", "Document", "Evaluation", "Fault", "InputError", "LabelError", "LabelSet", "MissingExtra", "Model", "ModelError", "Report", "Span",
    "Speaker", "StanceError", "Statement", "Target", "__version__", "classify", "classify_frame", "evaluate", "extract", "iter_classify",
    "load_labels", "load_model", "load_target", "suggest", "train",
]  # fmt: skip

_HOME = {
    "api": ("classify", "classify_frame", "extract", "iter_classify"),
    "errors": ("Fault", "InputError", "LabelError", "MissingExtra", "ModelError", "StanceError"),
    "evaluation": ("Evaluation", "evaluate"),
    "labels": ("LabelSet", "load_labels", "suggest"),
    "model": ("Model", "load_model", "train"),
    "results": ("STANCES", "Document", "Report", "Span", "Speaker", "Statement"),
    "target": ("Target", "load_target"),
}
_MODULE_OF = {name: module for module, names in _HOME.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module 'stance' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"stance.{_MODULE_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
