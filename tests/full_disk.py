"""A disk with no room left."""

import resource
from contextlib import contextmanager


@contextmanager
def files_of_at_most(size):
    """No file can grow beyond: what a full disk does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
