import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings

# Nothing that a test keeps or chooses is the user's.
_OWN = tempfile.TemporaryDirectory(prefix="auscult-tests-")
for _variable in ("XDG_DATA_HOME", "XDG_CONFIG_HOME"):
    os.environ[_variable] = _OWN.name
os.environ.pop("AUSCULT_DATA", None)
# What one process compiles the next ones need not.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

settings.register_profile("auscult", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("auscult")


@pytest.fixture(scope="session")
def corpora():
    """Folder with cinc2016/, circor2022/ and noise/."""
    folder = os.environ.get("AUSCULT_CORPORA")
    if not folder:
        pytest.skip("AUSCULT_CORPORA names no folder of corpora")
    return Path(folder)
