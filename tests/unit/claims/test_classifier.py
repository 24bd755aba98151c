"""The two heads that say a sentence's type, joined."""

from __future__ import annotations

import numpy as np

from services.claims.classifier import both


def test_the_head_of_all_types_decides_between_near_equals() -> None:
    primary = np.array([1.0, 0.9, -3.0])
    types = np.array([-2.0, 2.0, 2.0])
    assert both(primary, types, 0.5).argmax() == 1


def test_it_does_not_overrule_a_clear_answer() -> None:
    assert both(np.array([4.0, 0.0]), np.array([-3.0, 3.0]), 0.5).argmax() == 0


def test_without_weight_the_logits_are_as_they_were() -> None:
    primary = np.array([[0.3, -1.0], [2.0, 5.0]])
    assert np.array_equal(both(primary, np.array([[-900.0, 900.0], [0.0, 1.0]]), 0.0), primary)
