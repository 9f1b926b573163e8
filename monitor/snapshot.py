"""The state of a session at one moment, immutable, for whoever looks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from model.verdict import RecordingVerdict, Standing, WindowVerdict

if TYPE_CHECKING:
    from model.attribution import Attribution
    from monitor.trend import TrendView


@dataclass(frozen=True)
class SessionEvent:
    """Something that happened to the sound.

    Attributes:
        t_s: When, on the source's clock.
        event: One of the contract's codes.
        detail: In words.
    """

    t_s: float
    event: str
    detail: str


@dataclass(frozen=True)
class Judgement:
    """One line of the verdict stream: a window's verdict and what stands after it."""

    verdict: WindowVerdict
    rolling: Standing
    latency_ms: float


@dataclass(frozen=True)
class Summary:
    """The end of a session.

    Attributes:
        verdict: On the whole stream.
        gap_s: Seconds lost.
        duration_s: Length of the stream on the source's clock.
        skipped: Windows passed over because newer ones were there.
    """

    verdict: RecordingVerdict
    gap_s: float
    duration_s: float
    skipped: int


@dataclass(frozen=True)
class Snapshot:
    """All a screen needs beside the trace.

    Attributes:
        source: The source's name.
        rate: Its samples a second.
        duration_s: Its length where known.
        state: "loading", "running", "ended" or "failed".
        detail: Why it failed, in one line.
        model: ``NAME@hash``; empty while loading.
        model_sha256: Of its weights, whole.
        band: The abstention band's edges.
        now_s: Source time up to which sound was analysed.
        peak: Greatest magnitude in the last block, full scale 1.
        rms: Its root mean square.
        clipped: Samples at full scale so far.
        analysed_samples: Samples taken from the ring so far.
        lost_samples: Samples lost so far; with those analysed, all of the source's clock.
        overwritten_samples: Those of the lost that came and were overwritten before they could be analysed.
        made_windows: Windows that the sound gave so far, to be judged or passed over.
        skipped_windows: Windows passed over so far.
        judgement: The newest one.
        history: Judgements of the session's last minutes, oldest first, warming-up ones left out.
        trend: Of the verdict and the quality over the whole session; None while loading.
        events: The last events, oldest first.
        attribution: What moved the newest verdict of which that is known; None while nobody asks.
        summary: Set when the session has ended.
    """

    source: str
    rate: int
    duration_s: float | None = None
    state: str = "loading"
    detail: str = ""
    model: str = ""
    model_sha256: str = ""
    band: tuple[float, float] = (0.5, 0.5)
    now_s: float = 0.0
    peak: float = 0.0
    rms: float = 0.0
    clipped: int = 0
    analysed_samples: int = 0
    lost_samples: int = 0
    overwritten_samples: int = 0
    made_windows: int = 0
    skipped_windows: int = 0
    judgement: Judgement | None = None
    history: tuple[Judgement, ...] = ()
    trend: TrendView | None = None
    events: tuple[SessionEvent, ...] = ()
    attribution: Attribution | None = None
    summary: Summary | None = None
