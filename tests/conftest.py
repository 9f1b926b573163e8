import os
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("auscult", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("auscult")


@pytest.fixture(scope="session")
def corpora():
    """Folder with cinc2016/, circor2022/ and noise/."""
    folder = os.environ.get("AUSCULT_CORPORA")
    if not folder:
        pytest.skip("AUSCULT_CORPORA names no folder of corpora")
    return Path(folder)
