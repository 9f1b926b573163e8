"""A model card to read, made of the JSON card alone."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from model.card import ModelCard
from training.intervals import CONFIDENCE
from training.markdown import FIGURE_NAMES, estimated, number, percent, table

POOR_AUROC = 0.7
"""A database in which AUROC is lower is named among the known failures."""

MOST_LEFT_OUT = 20
"""Problems of records left out that are told one by one; the JSON card lists them all."""

PARTS = ("training", "calibration", "held_out")

Section = Mapping[str, Any]


@dataclass(frozen=True)
class CorpusFacts:
    """What a corpus's publishers say of it.

    Attributes:
        title: Its name.
        people: Whom it was recorded from, as far as is told.
        labels: What its abnormal recordings are.
        attribution: Whom to cite, and its licence.
    """

    title: str
    people: str
    labels: str
    attribution: str


FACTS: Mapping[str, CorpusFacts] = {
    "cinc2016": CorpusFacts(
        title="PhysioNet/CinC Challenge 2016, training databases a to e",
        people="children and adults, healthy and ill. Ages are listed for databases c (18 to 90 years) and e "
        "(10 to 88 years, 1,806 of 2,054 recordings with the same age of 25), not for a, b and d.",
        labels="mitral valve prolapse, aortic disease, other pathology and benign murmurs (a), "
        "coronary artery disease (b and e), aortic stenosis and mitral regurgitation (c), pathology not "
        "named (d).",
        attribution="C. Liu et al., An open access database for the evaluation of heart sound algorithms, "
        "Physiological Measurement 37, 2016. Open Data Commons Attribution License.",
    ),
    "circor2022": CorpusFacts(
        title="CirCor DigiScope Phonocardiogram Dataset, 2022",
        people="infants to young adults, most of them children.",
        labels="patients with a murmur, wherever on the chest it is heard, innocent or not. Patients of whom "
        "the publishers could not say are left out.",
        attribution="J. Oliveira et al., The CirCor DigiScope Dataset: From Murmur Detection to Murmur "
        "Classification, IEEE Journal of Biomedical and Health Informatics 26(6), 2022. Open Data Commons "
        "Attribution License.",
    ),
}


_NOISE_ATTRIBUTIONS = (
    "ESC-10: K. J. Piczak, ESC: Dataset for Environmental Sound Classification, ACM Multimedia, 2015. "
    "Creative Commons Attribution 3.0.",
    "Free Spoken Digit Dataset: Z. Jackson et al. Creative Commons Attribution-ShareAlike 4.0.",
)


def model_card_text(card: ModelCard) -> str:
    """The card as Markdown.

    Args:
        card: Of a model that ``training.run.train`` made.
    """
    facts = {corpus: FACTS[corpus] for corpus in card.corpora if corpus in FACTS}
    parts = [
        f"# Model card: `{card.tag}`",
        "**Research use only. Not a medical device; it must not guide the care of a patient.** This text is "
        "made of the JSON card beside the weights, which also holds all record lists.",
        *_intended_use(facts),
        *_abnormal(facts),
        *_data(card),
        *_figures(card),
        *_calibration(card),
        *_failures(card),
        *_making(card),
        *_notes(card),
        *_licence(card, facts),
    ]
    return "\n\n".join(parts) + "\n"


def _intended_use(facts: Mapping[str, CorpusFacts]) -> list[str]:
    return [
        "## Intended use",
        "For research on the automatic reading of heart sounds: a window of 10 s of sound from a stethoscope "
        "on the chest is called normal, abnormal or uncertain.",
        "For people who develop or study such methods and can judge a recording themselves. Not for the "
        "diagnosis, screening, triage or reassurance of anybody, not for use at home, not for sounds of the "
        "lungs, of vessels or of the unborn.",
        "**Ages**, as far as the corpora tell:",
        _bullets(f"`{corpus}`: {found.people}" for corpus, found in facts.items()),
        "No figure is given by age or sex, and none holds for people whom the corpora do not hold.",
    ]


def _abnormal(facts: Mapping[str, CorpusFacts]) -> list[str]:
    return [
        "## What abnormal means",
        "Referable pathology or a murmur, as the publishers of the corpora labelled it; not one disease, and "
        "not how grave it is. Normal means that the publishers labelled it so, not that the heart is well.",
        _bullets(f"`{corpus}`: {found.labels}" for corpus, found in facts.items()),
        "Innocent murmurs are a known confusion: some are labelled abnormal, and they sound like others.",
    ]


def _data(card: ModelCard) -> list[str]:
    rows = []
    for corpus, lists in card.corpora.items():
        names = {part: lists.get(part, []) for part in PARTS}
        databases = sorted({_database(corpus, name) for found in names.values() for name in found})
        for database in databases:
            own = [str(sum(_database(corpus, name) == database for name in names[part])) for part in PARTS]
            rows.append([database, *own, ""])
        if databases != [corpus]:
            rows.append([f"{corpus}, all", *(str(len(names[part])) for part in PARTS), ""])
        rows[-1][-1] = str(len(lists.get("left_out", [])))
    problems = [
        f"{corpus}: {problem}"
        for corpus, lists in card.corpora.items()
        for problem in lists.get("left_out", [])
    ]
    told = problems[:MOST_LEFT_OUT]
    if len(problems) > len(told):
        told.append(f"and {len(problems) - len(told)} more, listed in the JSON card")
    return [
        "## Data",
        _bullets(
            f"`{corpus}`: {FACTS[corpus].title if corpus in FACTS else 'a corpus of the trainer'}"
            for corpus in card.corpora
        ),
        "Recordings of each part. Those for calibration trained nothing and share no known subject with "
        "those that did.",
        table(["recordings of", "training", "calibration", "held out", "problems, left out"], rows),
        *([_bullets(told)] if told else []),
    ]


def _database(corpus: str, name: str) -> str:
    """The database of a record; those of cinc2016 begin with their database's letter."""
    return f"{corpus}-{name[:1]}" if corpus == "cinc2016" else corpus


def _figures(card: ModelCard) -> list[str]:
    held_out, evaluations = card.metrics.get("held_out"), card.metrics.get("evaluations") or {}
    if held_out:
        whose = "The shipped weights were tested on recordings that were held out of their training."
        if evaluations:
            whose += " What follows below that is of sister models, trained the same way on folds."
    elif evaluations:
        whose = (
            "Every figure is of sister models, trained the same way on folds and tested on what they did not "
            "see. The shipped weights themselves have seen everything."
        )
    else:
        whose = (
            "None. The shipped weights have seen everything, and no evaluation of sister models is in the "
            "card: what they are worth is not known."
        )
    explained = (
        f"Abnormal from a probability of {card.metrics['threshold']:g} on, fixed beforehand. Recall, "
        "precision and F1 are those of the abnormal class, MAcc is the mean of sensitivity and specificity. "
        f"In brackets: {CONFIDENCE:.0%} intervals of a bootstrap over subjects, where there are enough of "
        "them. A pooled AUROC also rewards telling the databases apart; the figures inside each do not."
    )
    parts = ["## Figures", whose]
    if held_out or evaluations:
        parts.append(explained)
    if held_out:
        parts += ["### Held-out list", *_held_out(held_out)]
    for protocol, found in evaluations.items():
        parts += [f"### Sister models, protocol `{protocol}`", *_evaluation(card, found)]
    return parts


def _held_out(found: Section) -> list[str]:
    rows = [
        ["windows of 10 s", *_counted(found["window"], {})],
        ["**recordings**", *_counted(found["record"], found.get("record_intervals", {}))],
    ]
    intervals = found.get("record_by_database_intervals", {})
    rows += [
        [f"recordings of {name}", *_counted(inside, intervals.get(name, {}))]
        for name, inside in found["record_by_database"].items()
    ]
    parts = [table(["tested on", "n (abnormal)", *FIGURE_NAMES.values()], rows)]
    if "record_intervals" not in found:
        parts.append("The JSON card holds no intervals of these figures.")
    return parts


def _counted(found: Section, intervals: Mapping[str, Sequence[float] | None]) -> list[str]:
    return [
        f"{found['n']} ({found['n_abnormal']})",
        *(estimated(_with_interval(found[name], intervals.get(name))) for name in FIGURE_NAMES),
    ]


def _with_interval(value: float | None, interval: Sequence[float] | None) -> dict[str, float | None]:
    low, high = interval or (None, None)
    return {"value": value, "low": low, "high": high}


def _evaluation(card: ModelCard, found: Section) -> list[str]:
    unit = "patients" if found["by_patient"] else "recordings"
    parts = [found["question"], f"```sh\n{found['command']}\n```"]
    if found["corpora"] and set(found["corpora"]) != set(card.corpora):
        parts.append(
            f"Its models were given {', '.join(found['corpora'])}; the shipped weights were trained on "
            f"{', '.join(card.corpora)}."
        )
    pooled = [
        [name, f"{whole['n']} ({whole['n_abnormal']})", str(variant["folds"]), *_estimates(whole)]
        for name, variant in found["variants"].items()
        if (whole := variant["pooled"])
    ]
    if pooled:
        parts.append(table(["pooled", f"{unit} (abnormal)", "folds", *FIGURE_NAMES.values()], pooled))
    inside = [
        [
            name,
            database,
            f"{section['n']} ({section['n_abnormal']})",
            *(estimated(section["figures"][figure]) for figure in ("auroc", "macc")),
        ]
        for name, variant in found["variants"].items()
        for database, section in variant["databases"].items()
    ]
    parts.append(table(["variant", "inside", f"{unit} (abnormal)", "AUROC", "MAcc"], inside))
    means = [
        f"{name}: mean AUROC inside {', '.join(mean['databases'])} {estimated(mean)}"
        for name, variant in found["variants"].items()
        for mean in _unlike(variant["mean_auroc"].values())
    ]
    return [*parts, *([_bullets(means)] if means else [])]


def _unlike(means: Iterable[Section | None]) -> list[Section]:
    """Those there are, each once: all databases may be just the few that are averaged as well."""
    found: list[Section] = []
    for mean in means:
        if mean is not None and len(mean["databases"]) > 1 and mean not in found:
            found.append(mean)
    return found


def _estimates(section: Section) -> list[str]:
    return [estimated(section["figures"][name]) for name in FIGURE_NAMES]


def _calibration(card: ModelCard) -> list[str]:
    fitted = card.calibration
    parts = [
        "## Calibration and abstention",
        "The probability is that at even odds of the two classes: 1 / (1 + exp(−(slope × (abnormal − "
        f"normal) + intercept))) of the network's two outputs, slope {fitted.slope:.4g}, intercept "
        f"{fitted.intercept:.4g}. Up to {fitted.low:g} the word is normal, from {fitted.high:g} on abnormal, "
        "between them uncertain. A rule refuses silence, clipping and less than a second of sound.",
    ]
    held_out = card.metrics.get("held_out")
    if held_out:
        answered, every = held_out["record_answered"], held_out["record"]
        parts.append(
            f"On the held-out list {percent(answered['coverage'])} of the recordings are answered: MAcc "
            f"{number(answered['macc'])} of these, {number(every['macc'])} of all."
        )
    rows = []
    for protocol, found in (card.metrics.get("evaluations") or {}).items():
        for name, variant in found["variants"].items():
            # Where a pooled figure means nothing the databases speak for themselves.
            sections = {"pooled": variant["pooled"]} if variant["pooled"] else variant["databases"]
            rows += [
                [f"{protocol}, {name}", label, *_abstained(section)] for label, section in sections.items()
            ]
    if rows:
        header = ["sister models", "of", "ECE", "ECE by chance", "Brier", "answered", "normal unanswered"]
        header += ["abnormal unanswered", "MAcc of all", "MAcc of answered"]
        parts += [
            "Of the sister models, each with a calibration and a band of its own, chosen on inner "
            "recordings. ECE (the mean distance of probability and share) and Brier score let both classes "
            "of each database weigh the same. ECE by chance is what would be measured if every probability "
            "came true: so few recordings stray by chance.",
            table(header, rows),
        ]
    return parts


def _abstained(section: Section) -> list[str]:
    calibration, abstention = section["calibration"], section["abstention"]
    return [
        number(calibration["ece"]),
        estimated(calibration["ece_by_chance"]),
        number(calibration["brier"]),
        percent(abstention["coverage"]),
        percent(abstention["rate_normal"]),
        percent(abstention["rate_abnormal"]),
        number(abstention["macc_of_all"]),
        number(abstention["macc_of_answered"]),
    ]


def _failures(card: ModelCard) -> list[str]:
    told = [
        "Innocent murmurs are confused with those that matter, and disease that makes no sound is missed.",
        "The database is nearly the label in these corpora: a stethoscope, a room or a site that training "
        "never saw may be judged by its own sound.",
        "Noise, speech and movement are left to the quality gate in front of it, of whose mistakes its own "
        "card tells; unless an evaluation says otherwise, these figures are of the model alone.",
        "A recording shorter than 10 s is looped to that length and judged by that one window.",
        "Sound sampled below 1,700 Hz lacks a part of the band and is called uncertain at most.",
    ]
    for where, aurocs in _aurocs(card):
        poor = [
            f"{estimated(auroc)} inside {database}"
            for database, auroc in aurocs.items()
            if auroc["value"] is not None and auroc["value"] < POOR_AUROC
        ]
        if poor:
            told.append(f"{where}: AUROC {', '.join(poor)}; 0.5 is a guess.")
    return ["## Known failures", _bullets(told)]


def _aurocs(card: ModelCard) -> Iterator[tuple[str, dict[str, Mapping[str, float | None]]]]:
    """Where it was tested, and its AUROC inside each database."""
    held_out = card.metrics.get("held_out")
    if held_out:
        intervals = held_out.get("record_by_database_intervals", {})
        yield (
            "Held-out list",
            {
                database: _with_interval(inside["auroc"], intervals.get(database, {}).get("auroc"))
                for database, inside in held_out["record_by_database"].items()
            },
        )
    for protocol, found in (card.metrics.get("evaluations") or {}).items():
        for name, variant in found["variants"].items():
            yield (
                f"Sister models, `{protocol}`, {name}",
                {label: section["figures"]["auroc"] for label, section in variant["databases"].items()},
            )


def _making(card: ModelCard) -> list[str]:
    told_elsewhere = ("name", "notes", "front_end")
    recipe = {name: value for name, value in card.recipe.items() if name not in told_elsewhere}
    identity = [
        ["weights, SHA-256", f"`{card.sha256}`"],
        ["network", f"`{card.network}`, {card.parameters:,} parameters"],
        ["recipe", f"`{card.recipe['name']}`"],
        ["seed", str(card.seed)],
        *([name, version] for name, version in card.versions.items()),
    ]
    return [
        "## How it was made",
        table(["what", "which"], identity),
        "### Recipe",
        table(["setting", "value"], _settings(recipe)),
        *([_bullets(card.recipe["notes"])] if card.recipe.get("notes") else []),
        "### Front end",
        "From sound to the network's image; another front end than this one is refused.",
        table(["setting", "value"], _settings(card.front_end)),
    ]


def _settings(settings: Mapping[str, Any]) -> list[list[str]]:
    return [[f"`{name}`", f"`{json.dumps(value, ensure_ascii=False)}`"] for name, value in settings.items()]


def _notes(card: ModelCard) -> list[str]:
    return ["## Notes", _bullets(card.notes)] if card.notes else []


def _licence(card: ModelCard, facts: Mapping[str, CorpusFacts]) -> list[str]:
    told = [
        "## Licence and attribution",
        "auscult is Apache-2.0. No recording is in the weights' files. They were trained on:",
        _bullets(f"{found.title}: {found.attribution}" for found in facts.values()),
    ]
    if (card.recipe.get("sound") or {}).get("noise_snr_db"):
        told += ["Noise mixed in while training:", _bullets(_NOISE_ATTRIBUTIONS)]
    return told


def _bullets(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)
