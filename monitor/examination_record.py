"""What an examination of several sites came to."""

from __future__ import annotations

from dataclasses import dataclass

from model.verdict import Label, RecordingVerdict, Standing

SITES = ("aortic", "pulmonary", "tricuspid", "mitral")
"""The four customary sites, in the order in which they are listened to; others may be named freely."""

OPINIONS = ("agree", "disagree")
"""What a clinician may say of a verdict."""


@dataclass(frozen=True)
class SiteFinding:
    """What was heard at one site.

    Attributes:
        site: One of ``SITES``, or a name of the user's own.
        verdict: On the windows heard there; None where the site was skipped.
        start_s: When listening there began, on the source's clock, in seconds.
        end_s: When it ended.
        good_s: Seconds of sound there that were good enough to be judged.
    """

    site: str
    verdict: RecordingVerdict | None
    start_s: float = 0.0
    end_s: float = 0.0
    good_s: float = 0.0


@dataclass(frozen=True)
class ExaminationRecord:
    """A finished examination.

    Attributes:
        id: Of the examination in the session store.
        begun: When, UTC, ISO 8601.
        ended: When, UTC, ISO 8601.
        patient: Reference in the user's own words; empty for none.
        device: What was listened to.
        rate: Its samples a second.
        model: ``NAME@hash``.
        model_sha256: Of its weights.
        program: The program's version.
        session: The stored session on whose clock the sites' times are, and which holds the sound where that
            was recorded; None where none was kept.
        findings: One for each site, in the order of listening.
        opinion: One of ``OPINIONS``; None where the clinician said nothing.
        note: In the clinician's words; empty for none.
    """

    id: str
    begun: str
    ended: str
    patient: str
    device: str
    rate: int
    model: str
    model_sha256: str
    program: str
    session: str | None
    findings: tuple[SiteFinding, ...]
    opinion: str | None = None
    note: str = ""

    @property
    def overall(self) -> Standing | None:
        """Of all sites together; the probability is the highest of any site. None where all were skipped.

        Abnormal where any site is. Normal only where every site that was listened to is: one that is
        uncertain, or at which nothing could be judged, leaves the whole uncertain. Poor signal where nothing
        could be judged at any.
        """
        heard = [finding.verdict for finding in self.findings if finding.verdict is not None]
        if not heard:
            return None
        told = [verdict.p_abnormal for verdict in heard if verdict.p_abnormal is not None]
        labels = {verdict.label for verdict in heard}
        if not told:
            return Standing(Label.POOR_SIGNAL, None)
        if Label.ABNORMAL in labels:
            label = Label.ABNORMAL
        else:
            label = Label.NORMAL if labels == {Label.NORMAL} else Label.UNCERTAIN
        return Standing(label, max(told))
