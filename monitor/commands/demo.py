"""``auscult demo``."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from model.verdict import Label
from monitor.failure import CommandError
from monitor.sources.choice import demo_choices, recording_choice
from recordings import demo_recordings

HOP_S = 0.4

_WORDS = {
    Label.NORMAL: "normal",
    Label.ABNORMAL: "abnormal",
    Label.UNCERTAIN: "uncertain",
    Label.POOR_SIGNAL: "poor signal",
}


def run_demo(png: Path | None, model: str, present: bool = False, language: str | None = None) -> int:
    """Replay the packaged recordings, before an audience where they are to be presented.

    Returns:
        The exit status.

    Raises:
        CommandError: The model or the display cannot be used, or the picture cannot be written.
    """
    from monitor.dashboard.display import screen_answers

    if screen_answers():
        from monitor.dashboard import DashboardError, run_dashboard

        try:
            return run_dashboard(
                demo_choices(), hop_s=HOP_S, model=model, loop=True, present=present, language=language
            )
        except DashboardError as error:
            raise CommandError(str(error)) from None
    _in_the_terminal(model)
    _picture(png or Path(tempfile.gettempdir()) / "auscult-dashboard.png", model, language)
    return 0


def _in_the_terminal(model: str) -> None:
    from model.card import ModelError
    from model.classifier import Classifier
    from monitor.whole_recording import judge_recording

    try:
        classifier = Classifier.load(model)
    except ModelError as error:
        raise CommandError(str(error)) from None
    click.echo(f"No display: the packaged recordings in the terminal, judged by {classifier.card.tag}.")
    click.echo(
        "Research use only, not a medical device. "
        "The recordings are synthetic; the model has heard only real ones."
    )
    demos = demo_recordings()
    width = max((len(demo.title) for demo in demos), default=0)
    click.echo(f"{'recording':<{width}}  {'made as':<10} {'verdict':<12} probability of abnormal")
    for demo in demos:
        verdict = judge_recording(demo.path, classifier, HOP_S).verdict
        probability = "–" if verdict.p_abnormal is None else f"{verdict.p_abnormal:.2f}"
        click.echo(
            f"{demo.title:<{width}}  {demo.truth['label']:<10} {_WORDS[verdict.label]:<12} {probability}"
        )


def _picture(path: Path, model: str, language: str | None) -> None:
    from monitor.dashboard import DashboardError, render_dashboard

    demo = next(
        (demo for demo in demo_recordings() if demo.truth["label"] == "abnormal"), demo_recordings()[0]
    )
    try:
        choice = recording_choice(demo.path, None, title=demo.title)
        render_dashboard(choice, path, hop_s=HOP_S, model=model, language=language)
    except DashboardError as error:
        raise CommandError(str(error)) from None
    click.echo(f"The dashboard as it looks on a display: {path}")
