"""Whether there is a screen to draw on, found out without Qt: Qt aborts the process where there is none."""

from __future__ import annotations

import ctypes
import os
import socket
import sys
from pathlib import Path

OFF_SCREEN = ("offscreen", "minimal", "vnc", "linuxfb", "eglfs")
"""Qt platforms that need no window system."""

QT_PACKAGES = "libgl1 libegl1 libxkbcommon0 libglib2.0-0 libfontconfig1 libdbus-1-3 fonts-dejavu-core"
"""Debian packages without which Qt cannot even be imported."""

X11_PACKAGES = "libxkbcommon-x11-0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0 libxcb-cursor0"
"""Debian packages that a window on X11 needs beside them."""

_NO_DISPLAY = "no display: set DISPLAY or add --headless"


class DashboardError(Exception):
    """The window cannot be shown; one line that says what to do."""


def has_display() -> bool:
    """Whether the environment names a screen; it may still refuse the connection."""
    if _chosen_platform() in OFF_SCREEN:
        return True
    if sys.platform in ("darwin", "win32"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def screen_answers() -> bool:
    """Whether someone can see a window: there is a screen, it can be reached, and Qt is to draw on it."""
    if _chosen_platform() in ("offscreen", "minimal"):
        return False
    try:
        require_display()
    except DashboardError:
        return False
    return True


def require_display() -> None:
    """Make sure that Qt will be able to open a window.

    Raises:
        DashboardError: There is no screen, or it cannot be reached.
    """
    if not has_display():
        raise DashboardError(_NO_DISPLAY)
    if _chosen_platform() in OFF_SCREEN or sys.platform in ("darwin", "win32"):
        return
    if _wayland_answers():
        return
    display = os.environ.get("DISPLAY")
    if not display:
        raise DashboardError("the Wayland display cannot be reached: check WAYLAND_DISPLAY or add --headless")
    if not _x_server_answers():
        raise DashboardError(f"the display {display} cannot be reached: check DISPLAY or add --headless")


def require_window_libraries(plugins: Path) -> None:
    """Make sure that Qt's X11 plugin can be loaded: where a library is missing Qt aborts and blames another.

    Args:
        plugins: Qt's folder of platform plugins.

    Raises:
        DashboardError: A system library is missing.
    """
    plugin = plugins / "libqxcb.so"
    if not sys.platform.startswith("linux") or _chosen_platform() in OFF_SCREEN or _wayland_answers():
        return
    if not plugin.is_file():
        return
    try:
        ctypes.CDLL(str(plugin))
    except OSError as error:
        missing = str(error).split(":")[0]
        raise DashboardError(f"Qt lacks {missing}: apt-get install {X11_PACKAGES}") from None


def _chosen_platform() -> str:
    return os.environ.get("QT_QPA_PLATFORM", "").split(";")[0].split(":")[0]


def _wayland_answers() -> bool:
    name = os.environ.get("WAYLAND_DISPLAY")
    if not name or _chosen_platform() == "xcb":
        return False
    address = Path(os.environ.get("XDG_RUNTIME_DIR", "/")) / name
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(2.0)
        try:
            connection.connect(str(address))
        except OSError:
            return False
    return True


def _x_server_answers() -> bool:
    # libxcb itself, which Qt needs anyway: it knows every form of DISPLAY and the authority file.
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        raise DashboardError(f"Qt lacks libxcb.so.1: apt-get install libxcb1 {X11_PACKAGES}") from None
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = [ctypes.c_char_p, ctypes.c_void_p]
    for function in (xcb.xcb_connection_has_error, xcb.xcb_disconnect):
        function.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(None, None)
    try:
        return xcb.xcb_connection_has_error(connection) == 0
    finally:
        xcb.xcb_disconnect(connection)
