"""``auscult devices``."""

from __future__ import annotations

import click

from monitor.audio import InputDevice
from monitor.capture_process import list_inputs
from monitor.failure import CommandError
from monitor.lsl import SoundStream, sound_streams
from monitor.sources.protocol import SourceError
from monitor.standard_error import keep_standard_error

_SEARCH_S = 1.0


def run_devices() -> None:
    """List the input devices, one a line, with the rates at which they open, and the LSL streams with sound.

    Raises:
        CommandError: There is no stream, and no PortAudio library, no device, or the sound system does not
            answer.
    """
    keep_standard_error()
    streams = _streams()
    try:
        found = list_inputs(rates=True)
    except SourceError as error:
        if not streams:
            raise CommandError(str(error)) from None
        click.echo(f"auscult: {error}", err=True)
        found = []
    if not found and not streams:
        raise CommandError("no input device: plug in a stethoscope, or replay a recording")
    for device in found:
        mark = "*" if device.default else " "
        click.echo(f"{mark} {device.name}  [{device.host_api}, {device.channels} ch, {_rates(device)}]")
    for stream in streams:
        click.echo(f"  {stream.name}  [LSL, {stream.channels} ch, {stream.rate:g} Hz]")
    if found:
        told = "* the system's default; choose one by: auscult monitor --source mic:NAME --rate HZ"
        click.echo(told, err=True)
    if streams:
        click.echo("an LSL stream by: auscult monitor --source lsl:NAME", err=True)


def _streams() -> list[SoundStream]:
    """Those that are there; none where pylsl is not, which a stethoscope does not need."""
    try:
        return sound_streams(_SEARCH_S)
    except SourceError:
        return []


def _rates(device: InputDevice) -> str:
    """Its default rate, then the others; a default at which it does not open is left out."""
    if not device.rates:
        return f"{device.rate} Hz, others unknown: is it in use?"
    first, *others = sorted(device.rates, key=lambda rate: (rate != device.rate, rate))
    return f"{first} Hz, also {' '.join(map(str, others))}" if others else f"{first} Hz only"
