"""Going back through the last minute: what of it is shown, marked, played and saved."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from monitor.dashboard.go_back_bar import GoBackBar
from monitor.dashboard.go_back_words import (
    ENDED,
    HEADPHONES_OFF,
    LIVE,
    MARKING,
    NOTHING,
    NOTHING_TO_PLAY,
    SAVE,
    SAVE_AS_HEARD,
    WAV,
    ago_words,
    band_words,
    delay_words,
    file_words,
    marked_words,
    not_saved_words,
    past_words,
    saved_words,
    tempo_words,
)
from monitor.dashboard.playback import Playback
from monitor.dashboard.plots import Plots
from monitor.dashboard.save_dialog import SaveDialog
from monitor.dashboard.tape import RECALL_S, SPAN_S

if TYPE_CHECKING:
    from monitor.recall import Recall
    from monitor.session import Session

STEP_S = 5.0
"""By which a key goes back or forward."""

TEMPOS = (0.25, 0.5, 1.0)

_AT_NEWEST_S = 0.1
_LEAST_S = 0.05
_STRIP_EVERY = 6


class GoBack:
    """Follows what is shown; the window calls it at each of its looks, and has its keys and its bar.

    Nothing that it does reaches the analysis, the verdict or the recording.

    Args:
        plots: Whose tape is gone back through.
        playback: What sounds.
        say: Takes one line for people, and whether something went wrong.
    """

    def __init__(self, plots: Plots, playback: Playback, say: Callable[[str, bool], None]) -> None:
        self.bar = GoBackBar()
        self._plots, self._playback, self._say = plots, playback, say
        self._session: Session | None = None
        self._title = ""
        self._device = False
        self._newest_s = 0.0
        self._past_s: float | None = None
        self._mark: tuple[float, float | None] | None = None
        self._tempo, self._loop = 1.0, False
        self._saving: list[_Saving] = []
        self._looks = 0
        bar = self.bar
        bar.strip.scrubbed.connect(self._scrub)
        bar.strip.let_go.connect(self._let_go)
        bar.strip.marked.connect(self._mark_between)
        for button, action in (
            (bar.now, self.show_newest),
            (bar.play, self.toggle_play),
            (bar.tempo, self._next_tempo),
            (bar.loop, self.toggle_loop),
            (bar.mark, self.mark),
            (bar.save, self.save),
            (bar.save_as_heard, self.save_as_heard),
            (bar.band, self._next_band),
            (bar.headphones, self.toggle_headphones),
        ):
            # Without what the signal says, whether a button is checked.
            button.clicked.connect(lambda _=False, action=action: action())
        self._refresh()

    @property
    def shortcuts(self) -> tuple[tuple[str, Callable[[], None]], ...]:
        """Keys and what they do."""
        return (
            ("Left", lambda: self.step(-STEP_S)),
            ("Right", lambda: self.step(STEP_S)),
            ("Home", self.show_oldest),
            ("End", self.show_newest),
            ("M", self.mark),
            ("P", self.toggle_play),
            ("L", self.toggle_loop),
            ("-", lambda: self._change_tempo(-1)),
            ("+", lambda: self._change_tempo(1)),
            ("=", lambda: self._change_tempo(1)),
            ("Ctrl+S", self.save),
            ("Ctrl+Shift+S", self.save_as_heard),
            ("B", lambda: self.choose("bell")),
            ("D", lambda: self.choose("diaphragm")),
            ("H", self.toggle_headphones),
        )

    @property
    def past_s(self) -> float | None:
        """Time at the right edge of what is shown of the past, in seconds; None for the newest."""
        return self._past_s

    @property
    def marked(self) -> tuple[float, float] | None:
        """Begin and end of what is marked, in seconds."""
        if self._mark is None or self._mark[1] is None or abs(self._mark[1] - self._mark[0]) < _LEAST_S:
            return None
        begin_s, end_s = sorted((self._mark[0], self._mark[1]))
        return max(begin_s, self._oldest_s), max(end_s, self._oldest_s)

    def show(self, session: Session | None, title: str = "", replayed: bool = True) -> None:
        """Another session, or none."""
        self._session, self._title = session, title
        self._device = session is not None and not replayed
        self._newest_s, self._mark = 0.0, None
        self._playback.show(session, replayed)
        self._turn_to(None)

    def follow(self, newest_s: float) -> None:
        """Move with the stream, whose newest sound that is drawn has this time, in seconds."""
        self._newest_s = newest_s
        head_s = self._playback.past_s
        if head_s is not None and self._past_s is not None and not self._shows(head_s):
            self._past_s = self._within(head_s + SPAN_S)
        if self._past_s is not None:
            self._past_s = self._within(self._past_s)
            self._show_past()
        self._plots.show_head(head_s)
        self._look_after_saving()
        self._looks += 1
        if self._looks % _STRIP_EVERY == 0 or self._past_s is not None or self._ended:
            self._refresh()

    def close(self) -> None:
        """Finish what is being written."""
        for saving in self._saving:
            saving.join()

    def step(self, by_s: float) -> None:
        """Go back, or forward where positive; as far forward as there is sound is now."""
        if self._session is not None:
            self._turn_to(self._edge_s + by_s if by_s < 0 or self._past_s is not None else None)
            self._let_go()

    def show_oldest(self) -> None:
        """Go as far back as possible."""
        if self._session is not None:
            self._turn_to(self._oldest_s)

    def show_newest(self) -> None:
        """Show and hear what is live again."""
        self._turn_to(None)

    def mark(self) -> None:
        """Mark the begin; the second time the end; the third time begin anew.

        What is marked is where the past is being heard, or else the right edge.
        """
        if self._session is None:
            return
        head_s = self._playback.past_s
        at_s = self._edge_s if head_s is None else head_s
        if self._mark is None or self._mark[1] is not None:
            self._mark = at_s, None
        else:
            self._mark_between(self._mark[0], at_s)
        self._refresh()

    def toggle_play(self) -> None:
        """Play what is marked, or else what is shown, or stop that."""
        if self._playback.past is not None:
            self._playback.stop_past()
        elif (span := self._span()) is None:
            self._say(NOTHING_TO_PLAY, False)
        else:
            if self._past_s is None or not self._shows(span[0]):
                self._turn_to(span[0] + SPAN_S)
            self._playback.play_past(self._recalled(span), self._tempo, self._loop)
        self._refresh()

    def toggle_loop(self) -> None:
        """Play again after the end, or once."""
        self._loop = not self._loop
        if self._playback.past is not None:
            self._playback.past.loop = self._loop
        self._refresh()

    def choose(self, band: str) -> None:
        """Listen through a filter; through the same again, wide."""
        self._listen_through("wide" if band == self._playback.band else band)

    def toggle_headphones(self) -> None:
        """Hear the device, or no more."""
        if self._device:
            self._playback.toggle_headphones()
            if not self._playback.headphones:
                self._say(HEADPHONES_OFF, False)
            self._refresh()

    def save(self) -> None:
        """Save what is marked, or else what is shown, as it came."""
        self._ask(SAVE, "", lambda recall: iter([recall.samples]))

    def save_as_heard(self) -> None:
        """Save it as it is heard: filter and tempo applied."""
        tempo, band = self._tempo, self._playback.band

        def heard(recall: Recall) -> Iterator[NDArray[np.float32]]:
            from dsp.listening_filter import ListeningFilter
            from monitor.recall import as_heard

            return as_heard(recall.samples, tempo, ListeningFilter(recall.rate, band))

        self._ask(SAVE_AS_HEARD, f"{band} {tempo:g}x", heard)

    @property
    def _ended(self) -> bool:
        return self._session is not None and self._session.ended

    @property
    def _edge_s(self) -> float:
        return self._newest_s if self._past_s is None else self._past_s

    @property
    def _oldest_s(self) -> float:
        stretches = self._plots.tape.stretches
        return max(self._newest_s - RECALL_S, stretches[0].start_s if stretches else self._newest_s)

    def _within(self, end_s: float) -> float:
        return min(max(end_s, self._oldest_s + SPAN_S), self._newest_s)

    def _shows(self, at_s: float) -> bool:
        return self._edge_s - SPAN_S <= at_s <= self._edge_s

    def _span(self) -> tuple[float, float] | None:
        """What is to be played or saved: what is marked, or else what is shown."""
        if self._session is None:
            return None
        begin_s, end_s = self.marked or (max(self._edge_s - SPAN_S, self._oldest_s), self._edge_s)
        return (begin_s, end_s) if end_s - begin_s >= _LEAST_S else None

    def _recalled(self, span: tuple[float, float]) -> Recall:
        from monitor.recall import Recall

        assert self._session is not None
        return Recall(self._session.ring, self._session.source.rate, *span)

    def _turn_to(self, end_s: float | None) -> None:
        self._past_s = None if end_s is None else self._within(end_s)
        self._playback.look_back(self._past_s is not None)
        self._show_past()
        if self._past_s is None:
            self._plots.show_head(None)
        self._refresh()

    def _show_past(self) -> None:
        words = "" if self._past_s is None else past_words(self._newest_s - self._past_s, self._ended)
        self._plots.show_past(self._past_s, words)

    def _scrub(self, end_s: float) -> None:
        if self._session is not None:
            self._turn_to(end_s)

    def _let_go(self) -> None:
        if self._past_s is not None and self._newest_s - self._past_s < _AT_NEWEST_S:
            self._turn_to(None)

    def _mark_between(self, one_s: float, other_s: float) -> None:
        if self._session is not None:
            low_s, high_s = self._oldest_s, self._newest_s
            begin_s, end_s = sorted((min(max(one_s, low_s), high_s), min(max(other_s, low_s), high_s)))
            self._mark = begin_s, end_s
            self._refresh()

    def _next_tempo(self) -> None:
        self._set_tempo(TEMPOS[TEMPOS.index(self._tempo) - 1])

    def _change_tempo(self, by: int) -> None:
        self._set_tempo(TEMPOS[min(max(TEMPOS.index(self._tempo) + by, 0), len(TEMPOS) - 1)])

    def _set_tempo(self, tempo: float) -> None:
        if tempo != self._tempo:
            self._tempo = tempo
            if (past := self._playback.past) is not None:
                self._playback.play_past(past.recall, tempo, self._loop, self._playback.past_s)
            self._refresh()

    def _next_band(self) -> None:
        self._listen_through({"wide": "bell", "bell": "diaphragm", "diaphragm": "wide"}[self._playback.band])

    def _listen_through(self, band: str) -> None:
        self._playback.choose(band)
        if self.bar.isHidden():
            self._say(band_words(band), False)
        self._refresh()

    def _ask(
        self, title: str, manner: str, blocks: Callable[[Recall], Iterator[NDArray[np.float32]]]
    ) -> None:
        span = self._span()
        if span is None or self._session is None:
            self._say(NOTHING_TO_PLAY, False)
            return
        saving = _Saving(self._recalled(span), blocks)
        self._saving.append(saving)
        when = datetime.now() - timedelta(seconds=0 if self._ended else self._newest_s - span[0])
        name = file_words(self._title, f"{when:%Y-%m-%d %H.%M.%S}", manner)
        dialog = SaveDialog(self.bar.window(), title, name, WAV, saving.write)
        dialog.destroyed.connect(saving.drop)

    def _look_after_saving(self) -> None:
        for saving in [one for one in self._saving if one.done]:
            self._saving.remove(saving)
            saving.join()
            if saving.words:
                self._say(saving.words, saving.failed)

    def _refresh(self) -> None:
        bar, playback = self.bar, self._playback
        something = self._session is not None and self._newest_s > 0
        bar.strip.show_state(
            self._plots.tape, self._newest_s, self._past_s, self._mark, playback.past_s if something else None
        )
        bar.show_choices(
            playback.past is not None,
            self._tempo,
            self._loop,
            playback.band,
            self._device and playback.headphones,
        )
        bar.enable(something, self._past_s is not None, self._device)
        words = self._words(something)
        bar.state.set_words(words)
        if bar.strip.accessibleDescription() != words:
            bar.strip.setAccessibleDescription(words)

    def _words(self, something: bool) -> str:
        playback = self._playback
        if not something:
            return NOTHING
        if self._past_s is not None:
            parts = [ago_words(self._newest_s - self._past_s, self._ended)]
        else:
            parts = [ENDED if self._ended else LIVE]
        if self._mark is not None:
            marked = self.marked
            parts.append(MARKING if marked is None else marked_words(marked[1] - marked[0]))
        if playback.past is not None and self._tempo != 1:
            parts.append(tempo_words(self._tempo))
        parts.append(band_words(playback.band))
        if (delay_s := playback.delay_s) is not None:
            parts.append(delay_words(delay_s))
        return " · ".join(parts)


class _Saving:
    """A copy, taken at once, and the file that is made of it once its name is known; on threads."""

    def __init__(self, recall: Recall, blocks: Callable[[Recall], Iterator[NDArray[np.float32]]]) -> None:
        self._recall, self._blocks = recall, blocks
        self.words, self.failed, self._dropped = "", False, False
        self._writing: threading.Thread | None = None
        self._taking = threading.Thread(target=lambda: recall.samples, name="recall", daemon=True)
        self._taking.start()

    @property
    def done(self) -> bool:
        """Whether nothing more comes of it."""
        if self._writing is not None:
            return not self._writing.is_alive()
        return self._dropped and not self._taking.is_alive()

    def write(self, path: Path) -> None:
        """Make the file."""
        self._writing = threading.Thread(target=self._write, args=(path,), name="saving")
        self._writing.start()

    def drop(self) -> None:
        """Nobody wants it."""
        self._dropped = True

    def join(self) -> None:
        """Return when no thread is left."""
        for thread in (self._taking, self._writing):
            if thread is not None:
                thread.join()

    def _write(self, path: Path) -> None:
        from monitor.recall import save

        try:
            self.words = saved_words(save(path, self._blocks(self._recall), self._recall.rate))
        except OSError as error:
            self.words, self.failed = not_saved_words(path, error.strerror or str(error)), True
