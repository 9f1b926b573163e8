"""What a synthetic heart is."""

from __future__ import annotations

from dataclasses import dataclass

from dsp.murmur import Murmur
from dsp.ranges import require_between, require_one_of, require_whole
from dsp.rhythm import RHYTHMS
from dsp.valve_sounds import EXTRA_SOUNDS

CONDITIONS = ("normal", "as", "mr", "mvp", "ms", "ar", "s3", "s4")
"""Normal; aortic stenosis; mitral regurgitation; mitral valve prolapse; mitral stenosis; aortic
regurgitation; third heart sound; fourth heart sound."""


@dataclass(frozen=True)
class SynthesisConfig:
    """What to synthesise.

    Attributes:
        condition: one of `CONDITIONS`.
        heart_rate_bpm: mean heart rate, 35 to 200 beats per minute.
        jitter: standard deviation of the interval between beats as a fraction of its mean, 0 to 0.2, partly
            respiratory (sinus arrhythmia); single intervals stay within 35 % of the mean. Fibrillation has
            an irregularity of its own.
        snr_db: mean power of everything the heart gives off (murmurs included) over the power of the additive
            noise, -40 to 100 dB; None for no noise.
        murmur_level: of the condition's own murmur: its RMS where its envelope is greatest over the RMS of S1
            (taken as 0.31 of its peak), 0 to 1; 0 leaves it out.
        rate: samples per second, 1,000 to 192,000 Hz.
        seed: 0 or greater; decides the patient (pitch, splitting, breathing) and every beat.
        amplitude: mean peak of S1, full scale 1, above 0 to 1. What would pass 0.9 is bent softly to below 1.
        heard: False for noise alone, as if the stethoscope were off the chest; the levels of noise still
            count from the heart that would be heard.
        murmurs: beside that of the condition.
        sounds: beside those of the condition, from "S3", "S4", "ejection_click", "click" (that of
            mid-systole) and "opening_snap".
        rhythm: "sinus", "premature" (single beats come early, with a compensatory pause), "bigeminy" (every
            second one does) or "fibrillation" (of the atria: no interval follows from another, no S4 and no
            presystolic accent).
        ectopic_chance: in the rhythm "premature", that a beat is premature if the one before is not, 0 to 1.
        split_ms: from A2 to P2 in the middle of a breath, -100 to 100 ms. Physiological is 22; wide above 40;
            paradoxical below 0, where P2 comes first.
        split_variation_ms: how much later P2 comes at the height of inspiration, and earlier at the depth of
            expiration, 0 to 50 ms; fixed splitting has 0. The two sounds never change places.
        breath_rate_per_min: 4 to 60; None for one drawn by the seed, 12 to 18.
        breath_depth: how much respiration changes loudness, splitting and intervals, and how loud the breath
            itself is in the noise; 1 at rest, 0 for a breath held, up to 3.

    Raises:
        ValueError: a field is outside its range; one line that names it.
    """

    condition: str = "normal"
    heart_rate_bpm: float = 72.0
    jitter: float = 0.03
    snr_db: float | None = 30.0
    murmur_level: float = 0.5
    rate: int = 4000
    seed: int = 0
    amplitude: float = 0.3
    heard: bool = True
    murmurs: tuple[Murmur, ...] = ()
    sounds: tuple[str, ...] = ()
    rhythm: str = "sinus"
    ectopic_chance: float = 0.1
    split_ms: float = 22.0
    split_variation_ms: float = 13.0
    breath_rate_per_min: float | None = None
    breath_depth: float = 1.0

    def __post_init__(self) -> None:
        require_one_of("condition", self.condition, CONDITIONS)
        require_between("heart_rate_bpm", self.heart_rate_bpm, 35, 200)
        require_between("jitter", self.jitter, 0, 0.2)
        if self.snr_db is not None:
            require_between("snr_db", self.snr_db, -40, 100)
        require_between("murmur_level", self.murmur_level, 0, 1)
        require_whole("rate", self.rate, 1_000, 192_000)
        require_whole("seed", self.seed, 0, 2**63 - 1)
        require_between("amplitude", self.amplitude, 1e-4, 1)
        for murmur in self.murmurs:
            if murmur.band_hz[0] >= 0.45 * self.rate:
                raise ValueError(
                    f"murmurs: a pitch from {murmur.band_hz[0]:g} Hz needs a rate above "
                    f"{murmur.band_hz[0] / 0.45:.0f} Hz, not {self.rate}"
                )
        for sound in self.sounds:
            require_one_of("sounds", sound, EXTRA_SOUNDS)
        if len(set(self.sounds)) < len(self.sounds):
            raise ValueError("sounds must each be named once")
        require_one_of("rhythm", self.rhythm, RHYTHMS)
        if self.rhythm == "fibrillation" and (self.condition == "s4" or "S4" in self.sounds):
            raise ValueError("rhythm cannot be fibrillation with an S4, which is the atria's own contraction")
        require_between("ectopic_chance", self.ectopic_chance, 0, 1)
        require_between("split_ms", self.split_ms, -100, 100)
        require_between("split_variation_ms", self.split_variation_ms, 0, 50)
        if self.breath_rate_per_min is not None:
            require_between("breath_rate_per_min", self.breath_rate_per_min, 4, 60)
        require_between("breath_depth", self.breath_depth, 0, 3)
