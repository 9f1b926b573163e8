"""A recording played at the pace at which it was heard, for other programs to listen to."""

from __future__ import annotations

import time
from collections.abc import Callable

from dsp.front_end import FrontEnd
from model.classifier import Classifier
from model.verdict import RollingVerdict
from model.window_reader import WindowReader
from monitor.exhibit import Sound
from monitor.json_lines import verdict_line
from monitor.lsl import Outlets
from monitor.snapshot import Judgement

_BLOCK_S = 0.08


def play(
    sound: Sound,
    title: str,
    classifier: Classifier,
    hop_s: float,
    played: Callable[[float], None],
    patience_s: float,
) -> None:
    """Offer the cleaned sound and the verdicts as LSL streams.

    Args:
        sound: To be played.
        title: Of it.
        classifier: Judges it.
        hop_s: Time between windows.
        played: Takes the seconds of sound played, again and again.
        patience_s: How long to wait for somebody who listens before beginning anyway.

    Raises:
        SourceError: pylsl or its library cannot be used.
        RecordingError: The sound cannot be read.
    """
    front_end, reader = FrontEnd(sound.rate, hop_s, classifier.config), WindowReader()
    rolling = RollingVerdict(classifier.card.calibration)
    with Outlets(title, classifier.config.rate) as outlets:
        deadline = time.monotonic() + patience_s
        while not outlets.heard and time.monotonic() < deadline:
            time.sleep(_BLOCK_S)
        outlets.begin()
        began, heard = time.monotonic(), 0
        size = max(1, round(_BLOCK_S * sound.rate))
        for whole in sound.blocks():
            for first in range(0, whole.size, size):
                block = whole[first : first + size]
                heard += block.size
                # A block is due when its last sample would have been heard.
                time.sleep(max(0.0, began + heard / sound.rate - time.monotonic()))
                arrived = time.monotonic()
                processed = front_end.push(block)
                outlets.sound(processed.start, processed.filtered)
                for window in processed.windows:
                    verdict = reader.read(window, classifier.judge(window, front_end.image)).verdict
                    latency_ms = round((time.monotonic() - arrived) * 1000, 3)
                    judgement = Judgement(verdict, rolling.update(verdict), latency_ms)
                    outlets.verdict(verdict_line(judgement, classifier.card.tag))
                played(heard / sound.rate)
