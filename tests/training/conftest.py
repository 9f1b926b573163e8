import pytest

from tests.training.tiny import learnable_corpus


@pytest.fixture(scope="package")
def corpus(tmp_path_factory):
    """A small corpus that can be learnt, to be read only."""
    return learnable_corpus(tmp_path_factory.mktemp("corpus") / "cinc")
