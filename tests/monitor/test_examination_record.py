from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from model.verdict import Label, RecordingVerdict
from monitor.examination_record import SITES, ExaminationRecord, SiteFinding

RECORD = ExaminationRecord("x", "", "", "bed 7", "stethoscope", 4000, "m@1", "1", "0", None, ())


def verdict(label):
    told = None if label is Label.POOR_SIGNAL else 0.5
    return RecordingVerdict(label, told, 1.0, (), 3, 0)


def record(labels):
    return replace(
        RECORD,
        findings=tuple(
            SiteFinding(site, label and verdict(label)) for site, label in zip(SITES, labels, strict=False)
        ),
    )


FOUND = st.sampled_from([None, Label.NORMAL, Label.ABNORMAL, Label.UNCERTAIN, Label.POOR_SIGNAL])


@given(st.lists(FOUND, max_size=4))
def test_the_whole_is_normal_only_where_every_site_that_was_heard_is(labels):
    overall = record(labels).overall
    assert (overall is None) == (set(labels) <= {None})
    whole = overall and overall.label
    heard = {label for label in labels if label}
    assert (whole is Label.NORMAL) == (heard == {Label.NORMAL})
    assert (whole is Label.ABNORMAL) == (Label.ABNORMAL in heard)
    assert (whole is Label.POOR_SIGNAL) == (heard == {Label.POOR_SIGNAL})


@given(st.lists(FOUND, max_size=4), st.permutations(range(4)))
def test_the_order_of_the_sites_does_not_matter(labels, order):
    labels = [*labels, *[None] * (4 - len(labels))]
    assert record(labels).overall == record([labels[place] for place in order]).overall


def test_the_probability_is_the_highest_of_any_site():
    findings = [
        SiteFinding(site, replace(verdict(Label.NORMAL), p_abnormal=probability))
        for site, probability in (("aortic", 0.1), ("mitral", 0.3))
    ]
    assert replace(RECORD, findings=tuple(findings)).overall.p_abnormal == 0.3
