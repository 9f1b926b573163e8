"""In place of an output device."""

import time

import numpy as np


class Output:
    """An output that is driven by hand, and keeps what went to it."""

    latency_s = 0.02

    def __init__(self, fill, rate, finished, name):
        self.fill, self.rate, self.finished, self.name = fill, rate, finished, name
        self.played, self.closed = [], False

    def start(self):
        pass

    def close(self):
        self.closed = True

    def ask(self, count=100):
        block = np.empty(count, np.float32)
        self.fill(block)
        self.played.append(block)

    def drive(self, condition):
        """Ask for sound, faster than it would be heard, until a condition holds."""
        deadline = time.monotonic() + 30
        while not condition():
            assert time.monotonic() < deadline
            self.ask()
            # As long as the feeding thread has nothing ready there would be holes.
            time.sleep(0.004)


class Outputs(list):
    """Those that were opened, oldest first.

    Attributes:
        name: Of the next one.
        own_rate: The rate that it insists on; None for any.
    """

    name, own_rate = "default", None

    def open(self, fill, rate, finished, latency_s):
        self.append(Output(fill, self.own_rate or rate, finished, self.name))
        return self[-1]
