"""When the heart beats next: the rhythms of the ventricles.

A premature beat comes early and is followed by a compensatory pause, so that the two intervals together last
as long as two regular ones: the sinus node is not disturbed. In atrial fibrillation one interval says nothing
of the next ("irregularly irregular"); their distribution is skewed to long ones, with a coefficient of
variation as Tateno and Glass report it (Automatic detection of atrial fibrillation using the coefficient of
variation and density histograms of RR and delta RR intervals, Med. Biol. Eng. Comput. 39, 2001).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

RHYTHMS = ("sinus", "premature", "bigeminy", "fibrillation")
"""Of the sinus node; with premature beats by chance; with every second beat premature; atrial
fibrillation."""

# Share of the regular interval after which a premature beat comes.
_EARLIEST, _LATEST = 0.55, 0.75
_FIBRILLATION_VARIATION = 0.24
# Beyond these shares of the mean no interval is drawn that could not hold its sounds; 1 in 1,000 is outside.
_SHORTEST, _LONGEST = 0.4, 2.5


@dataclass(frozen=True)
class Carried:
    """What one beat hands on to the next.

    Attributes:
        ectopic: whether the next is premature.
        owed_s: by how much it comes early, s: its pause is longer by that.
        filling: interval before it as a share of the regular one.
    """

    ectopic: bool = False
    owed_s: float = 0.0
    filling: float = 1.0


def interval(
    rhythm: str,
    ectopic_chance: float,
    sinus_s: float,
    mean_s: float,
    carried: Carried,
    chance: np.random.Generator,
) -> tuple[float, Carried]:
    """How long a beat lasts, and what it hands on.

    Args:
        rhythm: one of `RHYTHMS`.
        ectopic_chance: in the rhythm "premature", that the next beat is, if this one is not; 0 to 1.
        sinus_s: what the sinus node would have, s.
        mean_s: what it has on average, s.
        carried: from the beat before.
        chance: this beat's own draws.

    Returns:
        From this beat's S1 to the next, s; what is to be handed to the next beat.
    """
    early, coupling = chance.random(2)
    shape = _FIBRILLATION_VARIATION**-2
    own = sinus_s
    if rhythm == "fibrillation":
        own = mean_s * min(max(chance.standard_gamma(shape) / shape, _SHORTEST), _LONGEST)
    full = own + carried.owed_s
    premature = rhythm == "bigeminy" or (rhythm == "premature" and early < ectopic_chance)
    if carried.ectopic or not premature:
        return full, Carried(filling=full / (mean_s if rhythm == "fibrillation" else own))
    share = _EARLIEST + (_LATEST - _EARLIEST) * float(coupling)
    return share * full, Carried(ectopic=True, owed_s=(1 - share) * full, filling=share)
