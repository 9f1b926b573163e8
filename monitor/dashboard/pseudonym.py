"""A reference for a patient that names nobody."""

from __future__ import annotations

import random

from monitor.dashboard.language import tr

_QUALITIES = tr(
    "amber azure brisk bright calm clear copper coral crisp early fresh gentle golden green hazel "
    "ivory jade kind linen mellow mild olive pearl quiet rosy silver steady sunny teal violet warm "
    "woven"
).split()
_THINGS = tr(
    "alder anchor aspen beacon birch bridge brook cedar cloud clover compass fern finch harbour heron "
    "island kite lantern lark maple meadow orchard otter pebble pine plum river robin sail thrush "
    "valley willow"
).split()


def pseudonym(chance: random.Random) -> str:
    """Two plain words and two digits, about 100,000 of them, such as "quiet heron 27".

    Args:
        chance: Decides which; seeded alike it gives the same ones.
    """
    return f"{chance.choice(_QUALITIES)} {chance.choice(_THINGS)} {chance.randrange(100):02d}"
