"""Driving a worker by hand."""

import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from types import SimpleNamespace

import numpy as np

from dsp.front_end import FrontEnd
from model.card import Calibration
from model.classifier import JudgedWindow
from model.verdict import WindowVerdict, band_label
from monitor.json_lines import event_line, summary_line, verdict_line
from monitor.ring import Ring
from monitor.snapshot import Snapshot
from monitor.worker import Listeners, Worker

TAG = "stub@0123456789ab"
CALIBRATION = Calibration(1.0, 0.0, 0.35, 0.65)


class Stub:
    """In a classifier's place: the probability is a checksum of the window's samples, so no two are alike.

    Keeps the windows where ``keep`` is set.
    """

    def __init__(self, keep=True):
        self.card = SimpleNamespace(calibration=CALIBRATION, tag=TAG, sha256="0" * 64)
        self.windows = []
        self.keep = keep

    def judge(self, window, image_of):
        if self.keep:
            self.windows.append(window)
        probability = zlib.crc32(window.signal.tobytes()) / 2**32
        label = band_label(probability, CALIBRATION)
        return JudgedWindow(
            WindowVerdict(window.start_s, window.end_s, label, probability, None, window.notes)
        )


@dataclass
class Bench:
    """A worker, its ring and what it said."""

    rate: int = 2000
    hop_s: float = 0.4
    lossless: bool = True
    classifier: object = field(default_factory=Stub)
    capacity_s: int = 60
    options: dict = field(default_factory=dict)
    watch: Callable = lambda judgement: None  # called with each judgement as it is said

    def __post_init__(self):
        self.ring = Ring(self.capacity_s * self.rate)
        self.judgements, self.events, self.lines = [], [], []
        self.worker = Worker(
            self.ring,
            FrontEnd(self.rate, self.hop_s, getattr(self.classifier, "config", None)),
            self.classifier,
            Snapshot("test", self.rate),
            self.lossless,
            Listeners(self.on_judgement, self.on_event),
            **self.options,
        )

    def on_judgement(self, judgement):
        self.watch(judgement)
        self.judgements.append(judgement)
        self.lines.append(verdict_line(replace(judgement, latency_ms=0.0), TAG))

    def on_event(self, event):
        self.events.append(event)
        self.lines.append(event_line(event))

    def write(self, samples, start=None, arrived=0.0):
        start = self.ring.end if start is None else start
        self.ring.write(start, np.asarray(samples, np.float32), arrived)

    def drain(self):
        while self.worker.step():
            pass

    def finish(self):
        self.ring.close()
        self.drain()
        self.worker.finish()
        self.lines.append(summary_line(self.worker.snapshot.summary, TAG))
        return self.worker.snapshot.summary

    def play(self, segments, size=500):
        """Write (start, samples) segments in blocks of one size, each worked on at once, to the end."""
        for start, samples in segments:
            for first in range(0, len(samples), size):
                self.write(samples[first : first + size], start + first)
                self.drain()
        return self.finish()

    @property
    def judged(self):
        return [said.verdict for said in self.judgements if said.verdict.label != "warming_up"]

    @property
    def warmed(self):
        return [said for said in self.judgements if said.verdict.label == "warming_up"]

    def text(self):
        return "\n".join(json.dumps(line, allow_nan=False) for line in self.lines)

    def told(self, event):
        return [said for said in self.events if said.event == event]


def noise(count, seed=0, level=0.1):
    return (np.random.default_rng(seed).standard_normal(count) * level).astype(np.float32)


def windows_of(samples, rate=2000, hop_s=0.4, origin_s=0.0):
    """All windows of a whole stretch of sound, pushed at once."""
    front_end = FrontEnd(rate, hop_s)
    front_end.reset(origin_s)
    return front_end.push(np.asarray(samples, np.float32)).windows + front_end.flush().windows
