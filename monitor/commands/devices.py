"""``auscult devices``."""

from __future__ import annotations

import click

from monitor.audio import input_devices
from monitor.failure import CommandError
from monitor.sources.protocol import SourceError


def run_devices() -> None:
    """List the input devices, one a line.

    Raises:
        CommandError: There is no PortAudio library, or no device.
    """
    try:
        found = input_devices()
    except SourceError as error:
        raise CommandError(str(error)) from None
    if not found:
        raise CommandError("no input device: plug in a stethoscope, or replay a recording")
    for device in found:
        mark = "*" if device.default else " "
        click.echo(f"{mark} {device.name}  [{device.host_api}, {device.channels} ch, {device.rate} Hz]")
    click.echo("* the system's default; choose one by: auscult monitor --source mic:NAME", err=True)
