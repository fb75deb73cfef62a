"""Find the modules of a package, so that nobody edits a common list to add a command or a page."""

import importlib
import pkgutil
from collections.abc import Iterator
from types import ModuleType


def modules(package: ModuleType, attribute: str) -> Iterator[ModuleType]:
    """Import each module of ``package`` in the order of its name and yield those that define ``attribute``."""
    for info in sorted(pkgutil.iter_modules(package.__path__), key=lambda info: info.name):
        module = importlib.import_module(f"{package.__name__}.{info.name}")
        if hasattr(module, attribute):
            yield module
