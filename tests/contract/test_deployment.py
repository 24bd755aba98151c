"""Compose, image and Kubernetes: valid against their schemas, locked down, and with every service of the registry."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from services.stream.service import registry
from services.stream.settings import Settings

ROOT = Path(__file__).parents[2]
BASE = ROOT / "deploy" / "kubernetes" / "base"
PRODUCTION = ROOT / "deploy" / "kubernetes" / "overlays" / "production"
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, Any] = COMPOSE["services"]
KUBERNETES = "1.34"
CUSTOM = {"ScaledObject", "ServiceMonitor", "PrometheusRule"}  # no schema of Kubernetes itself


def tool(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A command of this virtual environment."""
    return subprocess.run([Path(sys.executable).with_name(name), *arguments], capture_output=True, text=True, cwd=ROOT)


def documents(*paths: Path) -> Iterator[dict[str, Any]]:
    for path in paths:
        yield from yaml.safe_load_all(path.read_text(encoding="utf-8"))


def valid(document: dict[str, Any]) -> None:
    if document["kind"] not in CUSTOM:
        kubernetes_validate.validate(document, KUBERNETES, strict=True)


def accepted(environment: Mapping[str, object], monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails where Claimstream would refuse one of these settings."""
    for name, value in environment.items():
        default = re.fullmatch(r"\$\{\w+(?::-(\w*)|:\?[^}]*)\}", str(value))  # compose: ${NAME:-default}, ${NAME:?why}
        given = default[1] if default else str(value)
        monkeypatch.setenv(name, "given-by-the-user" if given is None else given)
    Settings()


def test_compose_is_valid() -> None:
    done = tool("check-jsonschema", "--builtin-schema", "vendor.compose-spec", "docker-compose.yml")
    assert done.returncode == 0, done.stdout


def test_compose_runs_every_service() -> None:
    commands = [tuple(service.get("command", ())) for service in SERVICES.values()]
    assert not [name for name in registry() if ("run", name) not in commands]
    assert ("console",) in commands


@pytest.mark.parametrize("name", SERVICES)
def test_compose_locks_down(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    service = SERVICES[name]
    assert service["read_only"] and service["cap_drop"] == ["ALL"]
    assert service["mem_limit"] and service["cpus"]
    assert re.search(r":v?\d+\.\d+\.\d+$", service["image"]), "pinned to a version"
    assert all(str(port).startswith("127.0.0.1:") for port in service.get("ports", ())), "only for this machine"
    if service["image"].startswith("claimstream:"):
        assert service["user"].split(":")[0] not in ("", "0", "root")
        accepted(service["environment"], monkeypatch)
    mounted = [volume.split(":")[0] for volume in service.get("volumes", ()) if volume.startswith("./")]
    assert not [path for path in mounted if not (ROOT / path).exists()]


def test_dockerfile() -> None:
    done = tool("hadolint", "deploy/docker/Dockerfile")
    assert done.returncode == 0, done.stdout
    version = re.search(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    assert version and all(s["image"] == f"claimstream:{version[1]}" for s in SERVICES.values() if "build" in s)


def test_the_image_installs_what_is_pinned_for_everyone() -> None:
    def pins(path: Path) -> set[str]:
        return set(re.findall(r"^[\w.-]+==\S+", path.read_text(encoding="utf-8"), re.MULTILINE))

    image = pins(ROOT / "deploy" / "docker" / "constraints.txt")
    assert image and image <= pins(ROOT / "constraints.txt")


@pytest.mark.parametrize("path", sorted(BASE.parent.rglob("*.yaml")), ids=lambda path: path.name)
def test_kubernetes_objects_are_valid(path: Path) -> None:
    if path.name.endswith((".patch.yaml", "kustomization.yaml")):
        pytest.skip("no object by itself; the rendered overlay is checked")
    for document in documents(path):
        valid(document)


def test_kubernetes_runs_every_service(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(d["kind"], d["metadata"]["name"]) for d in documents(*BASE.glob("*.yaml")) if "metadata" in d]
    for name in registry():
        assert ("Deployment", name) in found and ("Service", name) in found
    policies = (BASE / "network.yaml").read_text(encoding="utf-8")
    assert policies.count(f"[{', '.join(registry())}]") == 2, "the network policies name every service"
    generator = yaml.safe_load((BASE / "kustomization.yaml").read_text(encoding="utf-8"))["configMapGenerator"][0]
    accepted(dict(literal.split("=", 1) for literal in generator["literals"]), monkeypatch)


def rendered(folder: Path) -> list[dict[str, Any]]:
    # `kubectl kustomize` knows components since 1.21; Debian's own kubectl is older, so CI may lack it.
    if shutil.which("kubectl") is None:
        pytest.skip("kubectl is not on the PATH")
    told = subprocess.run(["kubectl", "version", "--client", "-o", "json"], capture_output=True, text=True)
    if "kustomizeVersion" not in json.loads(told.stdout):
        pytest.skip("this kubectl is older than 1.24")
    done = subprocess.run(["kubectl", "kustomize", str(folder)], capture_output=True, text=True, env={**os.environ})
    assert done.returncode == 0, done.stderr
    documents = list(yaml.safe_load_all(done.stdout))
    for document in documents:
        valid(document)
        assert document["kind"] == "Namespace" or document["metadata"]["namespace"] == "claimstream"
    return documents


def test_kubernetes_overlay_renders() -> None:
    deployments = {d["metadata"]["name"]: d for d in rendered(PRODUCTION) if d["kind"] == "Deployment"}
    assert set(deployments) == {*registry(), "console"}
    for deployment in deployments.values():
        pod = deployment["spec"]["template"]["spec"]
        assert pod["securityContext"]["runAsNonRoot"] and not pod["automountServiceAccountToken"]
        for container in pod["containers"]:
            assert container["securityContext"]["readOnlyRootFilesystem"] and container["readinessProbe"]
            assert container["resources"]["limits"]["memory"] and container["resources"]["requests"]["cpu"]


def test_kubernetes_tracing_renders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = {"resources": [BASE], "components": [BASE.parent / "components" / "tracing"]}
    overlay = {kind: [os.path.relpath(path, tmp_path) for path in paths] for kind, paths in parts.items()}
    (tmp_path / "kustomization.yaml").write_text(yaml.safe_dump(overlay | {"namespace": "claimstream"}))
    (settings,) = [d["data"] for d in rendered(tmp_path) if d["kind"] == "ConfigMap"]
    accepted(settings, monkeypatch)
    assert settings["CLAIMSTREAM_KAFKA__BOOTSTRAP"] and Settings().traces.url
