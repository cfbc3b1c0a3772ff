"""The sample answers, published in the test's database."""

from __future__ import annotations

import pytest

from tinhso.modules.questions.sample import make_sample


@pytest.fixture
def published(db: None) -> None:
    make_sample()
