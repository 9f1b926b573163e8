import sys

import pytest

from monitor.audio import InputDevice
from monitor.commands import devices
from monitor.failure import CommandError
from monitor.sources.protocol import SourceError


@pytest.fixture(autouse=True)
def without_pylsl(monkeypatch):
    monkeypatch.setitem(sys.modules, "pylsl", None)


@pytest.mark.parametrize(
    ("rates", "told"),
    [
        ((8000, 44_100, 48_000), "44100 Hz, also 8000 48000"),
        ((44_100,), "44100 Hz only"),
        ((8000,), "8000 Hz only"),
        ((), "44100 Hz, others unknown: is it in use?"),
    ],
)
def test_a_device_is_listed_with_the_rates_at_which_it_opens(monkeypatch, capsys, rates, told):
    device = InputDevice("Chest", "ALSA", 2, 44_100, True, 0, rates)
    monkeypatch.setattr(devices, "list_inputs", lambda rates: [device])
    devices.run_devices()
    assert capsys.readouterr().out == f"* Chest  [ALSA, 2 ch, {told}]\n"


def test_without_a_device_it_is_said_what_to_do(monkeypatch):
    monkeypatch.setattr(devices, "list_inputs", lambda rates: [])
    with pytest.raises(CommandError, match="plug in"):
        devices.run_devices()


def test_a_sound_system_that_does_not_answer_is_told(monkeypatch):
    def silent(rates):
        raise SourceError("does not answer; try again")

    monkeypatch.setattr(devices, "list_inputs", silent)
    with pytest.raises(CommandError, match="does not answer"):
        devices.run_devices()
