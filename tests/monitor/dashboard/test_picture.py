import os
import subprocess
import sys

import pytest
from PySide6.QtGui import QImage

from dsp.synthesis import SynthesisConfig
from monitor.dashboard import DashboardError, has_display, render_dashboard
from monitor.dashboard.display import require_display
from monitor.sources.choice import recording_choice, synthetic_choice

from .conftest import HOP_S


def test_saves_a_picture_of_a_moment(tmp_path, model_name):
    path = tmp_path / "moment.png"
    endless = synthetic_choice(SynthesisConfig(condition="as"), pace=None)
    render_dashboard(endless, path, hop_s=HOP_S, model=model_name, until_s=12.0, size=(960, 540), scale=2.0)
    picture = QImage(str(path))
    assert (picture.width(), picture.height()) == (1920, 1080)
    # The spectrogram lies in the middle: a picture of nothing would have one colour there.
    colours = {picture.pixel(x, 560) for x in range(300, 1200)}
    assert len(colours) > 50


def test_a_stream_that_ends_before_is_drawn_at_its_end(tmp_path, model_name, record):
    path = tmp_path / "end.png"
    render_dashboard(record(seconds=6.0), path, hop_s=HOP_S, model=model_name)
    assert QImage(str(path)).width() == 1280


def test_the_same_moment_gives_the_same_spectrogram(tmp_path, model_name, record):
    choice = record(seconds=20.0)
    pictures = []
    for name in ("one.png", "two.png"):
        render_dashboard(choice, tmp_path / name, hop_s=HOP_S, model=model_name, until_s=15.0)
        pictures.append(QImage(str(tmp_path / name)).copy(100, 280, 800, 290))
    assert pictures[0] == pictures[1]


def test_a_picture_that_cannot_be_written_is_told_in_one_line(tmp_path, model_name, record):
    with pytest.raises(DashboardError, match="folder") as told:
        render_dashboard(record(), tmp_path / "no" / "such.png", hop_s=HOP_S, model=model_name)
    assert "\n" not in str(told.value)


def test_a_recording_that_cannot_be_read_is_told_in_one_line(tmp_path, model_name):
    with pytest.raises(DashboardError, match=r"none\.wav") as told:
        choice = recording_choice(tmp_path / "none.wav", None)
        render_dashboard(choice, tmp_path / "x.png", hop_s=HOP_S, model=model_name)
    assert "\n" not in str(told.value)


def test_a_model_that_cannot_be_loaded_is_told_in_one_line(tmp_path, record):
    with pytest.raises(DashboardError, match=r"none\.safetensors"):
        render_dashboard(record(), tmp_path / "x.png", hop_s=HOP_S, model=str(tmp_path / "none.safetensors"))


def test_a_display_is_found_or_missed(monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    assert not has_display()
    with pytest.raises(DashboardError, match="no display: set DISPLAY or add --headless"):
        require_display()
    monkeypatch.setenv("DISPLAY", ":0")
    assert has_display()
    monkeypatch.delenv("DISPLAY")
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert has_display()
    require_display()


@pytest.mark.skipif(sys.platform != "linux", reason="X11")
def test_a_display_that_does_not_answer_is_told_instead_of_aborting():
    code = (
        "from monitor.dashboard import run_dashboard, DashboardError\n"
        "try:\n run_dashboard([], hop_s=0.4, model='paper')\n"
        "except DashboardError as error:\n print(error)"
    )
    environment = {name: value for name, value in os.environ.items() if name != "QT_QPA_PLATFORM"}
    environment.pop("WAYLAND_DISPLAY", None)
    environment["DISPLAY"] = ":987"
    ran = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60
    )
    assert ran.returncode == 0, ran.stderr
    assert ":987" in ran.stdout or "libxcb" in ran.stdout


def test_importing_the_package_imports_no_qt_and_the_window_no_torch():
    code = (
        "import sys, monitor.dashboard\n"
        "assert not [name for name in sys.modules if name.startswith(('PySide6', 'pyqtgraph'))]\n"
        "import monitor.dashboard.window, monitor.dashboard.application\n"
        "assert not {'torch', 'scipy.signal'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
