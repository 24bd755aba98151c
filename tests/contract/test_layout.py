"""Rules of the code base that a reader relies on."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

from services.stream.settings import Settings

ROOT = Path(__file__).parents[2]
TRACKED = [
    ROOT / name
    for name in subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\0")
    if name and (ROOT / name).is_file()
]
SOURCES = [path for path in TRACKED if path.suffix == ".py"]


def imports(path: Path) -> set[str]:
    """Modules that a file imports, at any depth of it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def below(folder: str) -> list[Path]:
    return [path for path in SOURCES if path.is_relative_to(ROOT / folder)]


@pytest.mark.parametrize("path", below("services") + below("schemas"), ids=lambda path: str(path.relative_to(ROOT)))
def test_layers(path: Path) -> None:
    modules = imports(path)
    clients = {module for module in modules if module.split(".")[0] in ("faust", "aiokafka", "kafka", "opentelemetry")}
    within = path.relative_to(ROOT).parts
    if within[:2] != ("services", "stream"):
        assert not clients, f"only services/stream knows Kafka and traces, not {path.name}"
    if within[0] == "schemas":
        assert not {module for module in modules if module.split(".")[0] in ("services", "deploy", "training")}
    assert not {module for module in modules if module.split(".")[0] == "training"}, "services never import training"
    plumbing = within[1] in ("stream", "cli") or (within[1] == "console" and within[2] != "view")
    if path.name != "service.py" and within[0] == "services" and not plumbing:
        assert not {module for module in modules if module.startswith("services.stream")}, "the core is pure"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_are_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


def test_every_setting_is_documented() -> None:
    documented = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    names = []
    for name, field in Settings.model_fields.items():
        group = getattr(field.annotation, "model_fields", None)
        names += [f"{name}__{inner}" for inner in group] if group else [name]
    missing = [name for name in names if f"`CLAIMSTREAM_{name.upper()}`" not in documented]
    assert not missing, f"docs/settings.md lacks {missing}"
    mentioned = set(re.findall(r"`CLAIMSTREAM_(\w+)`", documented))
    assert mentioned == {name.upper() for name in names}, "docs/settings.md names settings that do not exist"


def test_no_registry_and_no_machine_in_the_repository() -> None:
    # Written apart, so that this file does not name what it forbids.
    hosts = ["pypi" + ".org", "pythonhosted" + ".org", "npmjs" + ".org", "maven" + ".org", "maven" + ".apache.org"]
    for path in TRACKED:
        if path.suffix in (".onnx", ".gz"):
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        assert not [host for host in hosts if host in text], f"{path.name} names a package registry"
