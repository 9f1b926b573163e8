"""``auscult devices``."""

from __future__ import annotations

import click

from monitor.audio import InputDevice
from monitor.capture_process import list_inputs
from monitor.failure import CommandError
from monitor.sources.protocol import SourceError


def run_devices() -> None:
    """List the input devices, one a line, with the rates at which they open.

    Raises:
        CommandError: There is no PortAudio library, no device, or the sound system does not answer.
    """
    try:
        found = list_inputs(rates=True)
    except SourceError as error:
        raise CommandError(str(error)) from None
    if not found:
        raise CommandError("no input device: plug in a stethoscope, or replay a recording")
    for device in found:
        mark = "*" if device.default else " "
        click.echo(f"{mark} {device.name}  [{device.host_api}, {device.channels} ch, {_rates(device)}]")
    click.echo("* the system's default; choose one by: auscult monitor --source mic:NAME --rate HZ", err=True)


def _rates(device: InputDevice) -> str:
    """Its default rate, then the others; a default at which it does not open is left out."""
    if not device.rates:
        return f"{device.rate} Hz, others unknown: is it in use?"
    first, *others = sorted(device.rates, key=lambda rate: (rate != device.rate, rate))
    return f"{first} Hz, also {' '.join(map(str, others))}" if others else f"{first} Hz only"
