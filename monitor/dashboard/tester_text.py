"""What a tester who feeds faults wants to see of a session, as lines of text."""

from __future__ import annotations

import json
import platform
import threading
import time
from collections.abc import Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from monitor.json_lines import verdict_line

if TYPE_CHECKING:
    from model.card import ModelCard
    from monitor.session import Session

NO_SESSION = "Nothing has played yet."

_PACKAGES = (
    "auscult",
    "numpy",
    "scipy",
    "torch",
    "PySide6-Essentials",
    "pyqtgraph",
    "sounddevice",
    "soundfile",
)


def state_text(session: Session | None) -> str:
    """All of it, at this moment."""
    parts = [NO_SESSION] if session is None else list(_of_session(session))
    return "\n".join([*parts, "", "VERSIONS", *_versions()])


def _of_session(session: Session) -> Iterator[str]:
    snapshot, worker, ring, health = session.snapshot, session.worker, session.ring, session.health
    now = time.monotonic()
    yield "STAGES, ms of the last minute      last   median      p99  count"
    for one in worker.timings.figures() if worker is not None else ():
        yield f"  {one.stage:<28} {one.last:>8.2f} {one.median:>8.2f} {one.p99:>8.2f} {one.count:>6}"
    if snapshot.judgement is not None:
        yield f"  {'latency of the newest':<28} {snapshot.judgement.latency_ms:>8.2f}"
    rate = session.source.rate
    waiting = ring.waiting
    yield ""
    yield "SOUND"
    yield f"  ring      {waiting} of {ring.capacity} samples wait ({_percent(waiting, ring.capacity)})"
    yield f"  captured  {health.delivered} samples at {rate} Hz, {health.delivered / rate:.2f} s"
    yield f"  analysed  {snapshot.analysed_samples}, up to {snapshot.now_s:.2f} s"
    yield f"  lost      {snapshot.lost_samples}, of these overwritten {snapshot.overwritten_samples}"
    yield f"  clipped   {snapshot.clipped}"
    yield f"  windows   made {snapshot.made_windows}, skipped {snapshot.skipped_windows}"
    yield ""
    yield "THREADS"
    alive = "ended" if session.wait(0) else "alive"
    worked = "" if worker is None else f", last work {now - worker.worked_at:.2f} s ago"
    yield f"  worker    {alive}, session {snapshot.state}{worked} {snapshot.detail}".rstrip()
    came = "nothing yet" if ring.newest_at is None else f"last block {now - ring.newest_at:.2f} s ago"
    yield f"  source    {health.state}, {came} {health.detail}".rstrip()
    recorder = session.recorder
    written = "none" if recorder is None else f"written {recorder.written}, missed {recorder.missed}"
    yield f"  recorder  {written}"
    yield f"  log       {'none' if session.log is None else session.log.failure or session.log.session}"
    yield f"  all       {', '.join(sorted(thread.name for thread in threading.enumerate()))}"
    if snapshot.judgement is not None:
        yield ""
        yield "NEWEST VERDICT"
        yield json.dumps(verdict_line(snapshot.judgement, snapshot.model))
    if worker is not None:
        yield ""
        yield "MODEL"
        yield from _of_model(worker.card)


def _of_model(card: ModelCard) -> Iterator[str]:
    calibration = card.calibration
    yield f"  name         {card.tag}"
    yield f"  sha256       {card.sha256}"
    yield f"  network      {card.network}, {card.parameters} parameters"
    yield f"  calibration  slope {calibration.slope:.6g}, intercept {calibration.intercept:.6g}"
    yield f"  band         uncertain from {calibration.low:.6g} to {calibration.high:.6g}"
    yield f"  seed         {card.seed}"
    yield f"  front end    {json.dumps(card.front_end)}"
    yield f"  recipe       {json.dumps(card.recipe)}"


@cache
def _versions() -> tuple[str, ...]:
    told = [f"  Python {platform.python_version()}, {platform.platform()}"]
    for package in _PACKAGES:
        try:
            told.append(f"  {package} {version(package)}")
        except PackageNotFoundError:
            told.append(f"  {package} without a version")
    return tuple(told)


def _percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %"
