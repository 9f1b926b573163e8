"""The Qt dashboard. Importing this package imports no Qt; its functions do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from model.card import ModelError
from model.loading import check_model
from monitor.dashboard.display import QT_PACKAGES, DashboardError, has_display
from monitor.examination_record import ExaminationRecord
from monitor.keeping import Keeping
from monitor.sources.choice import SourceChoice

__all__ = ["DashboardError", "has_display", "render_dashboard", "render_report", "run_dashboard"]


def run_dashboard(
    playlist: Sequence[SourceChoice],
    *,
    hop_s: float,
    model: str,
    loop: bool = False,
    limit_s: float | None = None,
    autostart: bool = True,
    keep: Keeping | None = None,
    present: bool = False,
    language: str | None = None,
) -> int:
    """Open the window and play a playlist; returns when the window is closed.

    Args:
        playlist: Played one after the other; may be empty.
        hop_s: Time between windows in seconds.
        model: Packaged name or path of the weights.
        loop: Begin again after the last one.
        limit_s: Stop each after this much sound, or a loop after this much in all.
        autostart: Play at once instead of waiting for the Start button.
        keep: What is written down of sessions; None for nothing.
        present: For an audience, over the whole screen, again and again.
        language: "en" or "ko"; None for the platform's.

    Returns:
        Exit status: 0, or 130 after Ctrl-C in the terminal.

    Raises:
        DashboardError: The model cannot be used, or no window can be shown.
    """
    try:
        from monitor.dashboard.application import run
    except ImportError as error:
        raise _missing_libraries(error) from None
    try:
        # A window that opens only to say that its model is a wrong one helps nobody.
        check_model(model)
    except ModelError as error:
        raise DashboardError(str(error)) from None
    return run(
        playlist,
        hop_s=hop_s,
        model=model,
        loop=loop,
        limit_s=limit_s,
        autostart=autostart,
        keep=keep,
        present=present,
        language=language,
    )


def render_dashboard(
    choice: SourceChoice,
    path: Path,
    *,
    hop_s: float,
    model: str,
    until_s: float = 16.0,
    size: tuple[int, int] = (1280, 800),
    scale: float = 1.0,
    theme: str = "dark",
    language: str | None = None,
) -> None:
    """Play a choice and save a picture of the window; no screen is needed.

    Args:
        choice: Made with ``pace=None``, it is played as fast as it can be analysed.
        path: The PNG file.
        hop_s: Time between windows in seconds.
        model: Packaged name or path of the weights.
        until_s: Time on the source's clock that the picture shows, in seconds, or the source's end.
        size: Width and height of the window in logical pixels.
        scale: Pixels per logical pixel.
        theme: "dark" or "light".
        language: As for ``run_dashboard``.

    Raises:
        DashboardError: The source cannot be played, or the file cannot be written.
    """
    try:
        from monitor.dashboard.application import application

        app = application(window_system=False, language=language)
        from monitor.dashboard.picture import render
    except ImportError as error:
        raise _missing_libraries(error) from None
    render(
        choice, path, hop_s=hop_s, model=model, until_s=until_s, size=size, scale=scale, theme=theme, app=app
    )


def render_report(
    record: ExaminationRecord,
    files: Sequence[Path],
    path: Path,
    *,
    paper: str | None = None,
    language: str | None = None,
    progress: Callable[[float], None] = lambda share: None,
) -> None:
    """Write the report of an examination; no screen is needed.

    S1 and S2 are marked where the examination's model is a packaged one.

    Args:
        record: The examination.
        files: Of its session's sound, as ``StoredSession.sound`` has them; none where it was not recorded.
        path: Ends in .pdf or .html; what was there is replaced.
        paper: "a4" or "letter"; None for what the system's locale has.
        language: As for ``run_dashboard``.
        progress: Called with how much is done, 0 to 1.

    Raises:
        DashboardError: The file cannot be written, or a packaged model cannot be used.
    """
    try:
        from monitor.dashboard.application import application

        application(window_system=False, language=language)
        from monitor.dashboard.report_file import ReportError, check_path, write_report
    except ImportError as error:
        raise _missing_libraries(error) from None
    from monitor.examination_report import packaged_card
    from monitor.kept_sound import site_sounds

    try:
        check_path(path)
        sounds = site_sounds(record, files)
        card = packaged_card(record.model_sha256)
        classifier = None
        if card is not None and any(sound is not None for sound in sounds):
            # Imported here because torch takes a second and more.
            from model.classifier import Classifier

            classifier = Classifier.load(card.name)
        write_report(record, sounds, path, classifier, paper=paper, progress=progress)
    except (ModelError, ReportError) as error:
        raise DashboardError(str(error)) from None


def _missing_libraries(error: ImportError) -> DashboardError:
    return DashboardError(f"the window's libraries cannot be loaded ({error}): apt-get install {QT_PACKAGES}")
