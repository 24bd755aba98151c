"""Every metric is documented, and nothing else is."""

from __future__ import annotations

import re

from prometheus_client.metrics import MetricWrapperBase

from services.stream import metrics
from tests.conftest import ROOT

DOCUMENTED = re.findall(
    r"^\| `(claimstream_\w+)` \| (\w+) \| ([\w, ]+) \|", (ROOT / "docs" / "metrics.md").read_text(), re.MULTILINE
)
IDENTIFYING = {"article_id", "claim_id", "url", "title", "text", "name", "source"}


def declared() -> list[tuple[str, str, str]]:
    rows = []
    for metric in vars(metrics).values():
        if isinstance(metric, MetricWrapperBase):
            suffix = "_total" if metric._type == "counter" else ""
            rows.append((metric._name + suffix, metric._type, ", ".join(metric._labelnames)))
    return rows


def test_every_metric_is_documented_with_its_type_and_labels_and_no_other_is() -> None:
    assert len(DOCUMENTED) > 20
    assert sorted(DOCUMENTED) == sorted(declared())


def test_labels_are_bounded() -> None:
    assert not {label for _, _, labels in declared() for label in labels.split(", ")} & IDENTIFYING


def test_every_reason_for_not_being_ready_is_documented() -> None:
    documented = set(re.findall(r"^\| `(\w+)` \| ", (ROOT / "docs" / "metrics.md").read_text(), re.MULTILINE))
    stream = ROOT / "services" / "stream"
    code = "".join((stream / name).read_text() for name in ("worker.py", "watch.py", "health.py"))
    set_by = set(re.findall(r'troubles\["(\w+)"\] =|_tell\("(\w+)"|\{"(\w+)": f"|= \{"(\w+)": "', code))
    reasons = {name for names in set_by for name in names if name}
    assert reasons == {name for name in documented if not name.startswith("claimstream_")}
