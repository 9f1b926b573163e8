"""The pictures of a report; needs matplotlib, which ``auscult[evaluate]`` brings."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray

from dsp.config import FrontEndConfig
from dsp.spectrogram import band_edges
from training.outcome import ExampleImage, FoldOutcome
from training.tables import RecordTable

# Okabe and Ito's, told apart with any colour vision; in place of their yellow, too pale for a line, a grey.
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#56B4E9", "#7F7F7F")
POOLED_COLOUR = "#000000"
_QUIET = "#999999"

_STYLE = {
    "axes.grid": True,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": "medium",
    "font.size": 10,
    "grid.color": "#DDDDDD",
    "grid.linewidth": 0.6,
    "legend.fontsize": "small",
    "legend.frameon": False,
    "lines.linewidth": 1.6,
}
_PANEL = 4.2

LEAST_IN_BIN = 10
"""Bins of fewer records are left out of the curve: their share is mostly chance."""

Panel = Mapping[str, Any]
"""A variant's part of the summary."""


def examples_figure(examples: Mapping[str, Sequence[ExampleImage]]) -> bytes:
    """The images of a normal and an abnormal record, above one another, in seconds and hertz.

    Args:
        examples: For each variant that has images of its own. All share one scale of colour.
    """
    shown = {name: images for name, images in examples.items() if images}
    values = np.concatenate([one.image.ravel() for images in shown.values() for one in images])
    # A few bins far above or below the rest would leave the others one colour.
    low, high = np.percentile(values, [1, 99])
    rows = max(len(images) for images in shown.values())
    with rc_context(_STYLE):
        picture = Figure(figsize=(1.4 * _PANEL * len(shown), 0.8 * _PANEL * rows), layout="constrained")
        axes = picture.subplots(rows, len(shown), squeeze=False)
        for column, (name, images) in enumerate(shown.items()):
            for row, example in enumerate(images):
                one = axes[row, column]
                mesh = one.pcolormesh(
                    *_seconds_and_hertz(example.front_end), example.image, vmin=low, vmax=high
                )
                word = "abnormal" if example.abnormal else "normal"
                title = f"{name}\n{word}: {example.record}" if len(shown) > 1 else f"{word}: {example.record}"
                one.set(title=title, xlabel="time in the window (s)", ylabel="frequency (Hz)")
                one.grid(visible=False)
            for one in axes[len(images) :, column]:
                one.set_axis_off()
        picture.colorbar(mesh, ax=axes, label="log power (standard deviations from the mean)", extend="both")
        return _png(picture)


def _seconds_and_hertz(config: FrontEndConfig) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The edges of an image's columns and rows: half way between the middles of frames and of bands."""
    middle_s = (np.arange(config.frames) * config.frame_step + config.frame / 2) / config.rate
    middle_hz = band_edges(config)[1:-1]
    return _cell_edges(middle_s), _cell_edges(middle_hz)


def _cell_edges(middles: NDArray[np.float64]) -> NDArray[np.float64]:
    between = (middles[1:] + middles[:-1]) / 2
    return np.r_[2 * middles[0] - between[0], between, 2 * middles[-1] - between[-1]]


def training_figure(variants: Mapping[str, Sequence[FoldOutcome]]) -> bytes:
    """Loss and accuracy by epoch: mean over the folds, and one standard deviation to either side."""
    with rc_context(_STYLE):
        picture, axes = _panels(2, len(variants))
        for column, (name, folds) in enumerate(variants.items()):
            loss, accuracy = axes[0, column], axes[1, column]
            loss.set_title(name)
            loss.set_ylabel("loss, training windows")
            accuracy.set_ylabel("accuracy (share of windows)")
            accuracy.set_xlabel("epoch")
            _band(loss, [[epoch.loss for epoch in fold.epochs] for fold in folds], COLOURS[0], "training")
            _band(
                accuracy,
                [[epoch.accuracy for epoch in fold.epochs] for fold in folds],
                COLOURS[0],
                "training",
            )
            watched = [[epoch.watched_accuracy for epoch in fold.epochs] for fold in folds]
            _band(accuracy, watched, COLOURS[4], "inner records that train nothing")
            if any(fold.epochs for fold in folds):
                accuracy.legend(loc="lower right")
            for one in (loss, accuracy):
                one.xaxis.get_major_locator().set_params(integer=True)
        return _png(picture)


def roc_figure(tables: Mapping[str, RecordTable], summary: Mapping[str, Panel]) -> bytes:
    """The receiver operating characteristic inside each database, and over all where that means something."""
    with rc_context(_STYLE):
        picture, axes = _panels(1, len(tables), width=1.35 * _PANEL)
        for column, (name, table) in enumerate(tables.items()):
            one, found = axes[0, column], summary[name]
            one.plot([0, 1], [0, 1], color=_QUIET, linewidth=0.8, linestyle=":")
            for label, section, colour, inside in _sections(found, table):
                scored = inside.where(inside.scored)
                value = section["figures"]["auroc"]["value"]
                if value is not None:
                    one.plot(*_roc(scored), color=colour, label=f"{label}: {value:.2f}", drawstyle="default")
            one.set(
                title=name, xlabel="1 − specificity", xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), aspect="equal"
            )
            one.set_ylabel("sensitivity")
            _legend_beside(one, "AUROC")
        return _png(picture)


def reliability_figure(summary: Mapping[str, Panel], weighting: str) -> bytes:
    """Probability against what came true, above how many records said so.

    Args:
        summary: The variants' parts of it.
        weighting: Which of the summary's weightings the shares are of.
    """
    with rc_context(_STYLE):
        picture, axes = _panels(2, len(summary), width=1.4 * _PANEL, ratios=(3, 1))
        for column, (name, found) in enumerate(summary.items()):
            above, below = axes[0, column], axes[1, column]
            above.plot([0, 1], [0, 1], color=_QUIET, linewidth=0.8, linestyle=":")
            whole = found["pooled"]
            shown = {"all databases": (whole, POOLED_COLOUR)} if whole else _coloured(found["databases"])
            counts = np.zeros(0)
            for label, (section, colour) in shown.items():
                calibration = section["calibration"][weighting]
                told = [item for item in calibration["bins"] if item["n"] >= LEAST_IN_BIN]
                if not told:
                    continue
                above.plot(
                    [item["mean_p"] for item in told],
                    [item["frequency"] for item in told],
                    color=colour,
                    marker="o",
                    markersize=4,
                    label=f"{label}: {calibration['ece']:.3f}",
                )
                edges = [item["low"] for item in calibration["bins"]] + [1.0]
                inside = np.array([item["n"] for item in calibration["bins"]], dtype=float)
                base = counts if counts.size else np.zeros_like(inside)
                below.bar(
                    edges[:-1], inside, np.diff(edges), base, align="edge", color=colour, edgecolor="white"
                )
                counts = base + inside
            above.set(title=name, ylabel="share abnormal", ylim=(-0.03, 1.03), xlim=(0, 1))
            below.set(xlabel="probability of abnormal", ylabel="records", xlim=(0, 1))
            _legend_beside(above, "calibration error")
        return _png(picture)


def risk_coverage_figure(summary: Mapping[str, Panel]) -> bytes:
    """Error of the answered records against how many are answered, the most certain first."""
    with rc_context(_STYLE):
        picture, axes = _panels(1, len(summary), width=1.4 * _PANEL)
        for column, (name, found) in enumerate(summary.items()):
            one = axes[0, column]
            for label, section, colour, _ in _sections(found, None):
                curve = section["abstention"]["risk_coverage"]
                if curve:
                    one.plot(
                        [100 * point["coverage"] for point in curve],
                        [100 * point["risk"] for point in curve],
                        color=colour,
                        label=label,
                    )
            one.set(title=name, xlabel="records answered, most certain first (%)", xlim=(0, 100))
            one.set_ylabel("wrong among the answered (%)")
            one.set_ylim(bottom=0)
            _legend_beside(one, None)
        return _png(picture)


def auroc_figure(summary: Mapping[str, Panel]) -> bytes:
    """AUROC inside each database with its interval, the variants side by side."""
    databases = sorted({name for found in summary.values() for name in found["databases"]})
    width = 0.8 / max(len(summary), 1)
    with rc_context(_STYLE):
        picture, axes = _panels(1, 1, width=max(_PANEL, 1.15 * len(databases) * max(1, len(summary) * 0.7)))
        one = axes[0, 0]
        for index, (name, found) in enumerate(summary.items()):
            offset = (index - (len(summary) - 1) / 2) * width
            named = name
            for position, database in enumerate(databases):
                auroc = found["databases"].get(database, {}).get("figures", {}).get("auroc")
                if auroc is None or auroc["value"] is None:
                    continue
                at, value = position + offset, auroc["value"]
                one.bar(at, value, width * 0.9, color=COLOURS[index % len(COLOURS)], label=named)
                named = "_nolegend_"
                top = value
                if auroc["low"] is not None:
                    top = max(auroc["high"], value)
                    reach = [[max(value - auroc["low"], 0)], [max(auroc["high"] - value, 0)]]
                    one.errorbar(at, value, reach, color="black", capsize=3, linewidth=1)
                one.text(at, top + 0.015, f"{value:.2f}", ha="center", va="bottom", fontsize="small")
        one.axhline(0.5, color="black", linewidth=0.8, linestyle=":")
        one.set_xticks(range(len(databases)), databases)
        one.tick_params(axis="x", length=0)
        one.grid(visible=False, axis="x")
        one.set(ylim=(0, 1.1), yticks=np.arange(0, 1.01, 0.25), ylabel="AUROC, 95 % interval")
        if len(summary) > 1:
            picture.legend(loc="outside upper center", ncols=len(summary))
        return _png(picture)


def ratios_figure(title: str, ratios: Sequence[tuple[str, float, float | None]]) -> bytes:
    """Ratios below one another on a logarithmic axis, each beside its target.

    Args:
        title: What they are ratios of.
        ratios: For each what it compares, its value above 0, and the greatest that meets its target, if any.
    """
    with rc_context(_STYLE):
        picture = Figure(figsize=(2.6 * _PANEL, 1.4 + 0.5 * len(ratios)), layout="constrained")
        one = picture.subplots()
        one.axvline(1, color=_QUIET, linewidth=0.8, linestyle=":")
        for row, (_, value, target) in enumerate(ratios):
            missed = target is not None and value > target
            one.barh(row, value, 0.6, color=COLOURS[4 if missed else 0])
            word = "" if target is None else f"  (target ≤ {target:g}{', missed' if missed else ''})"
            one.text(1.06 * max(value, target or 0), row, f"{value:.2g}{word}", va="center", fontsize="small")
            if target is not None:
                one.plot([target, target], [row - 0.4, row + 0.4], color="black", linewidth=1.6)
        one.set_yticks(range(len(ratios)), [name for name, _, _ in ratios])
        one.tick_params(axis="y", length=0)
        one.grid(visible=False, axis="y")
        one.invert_yaxis()
        values = [value for _, value, _ in ratios]
        one.set(title=title, xscale="log", xlim=(min(*values, 0.1) / 2, max(*values, 1) * 8))
        # A logarithmic axis brings its own.
        one.xaxis.set_major_formatter("{x:g}")
        return _png(picture)


def _sections(
    found: Panel, table: RecordTable | None
) -> list[tuple[str, Mapping[str, Any], str, RecordTable]]:
    """Label, numbers, colour and records of everything that is drawn for a variant, the pooled last."""
    shown = [
        (name, section, colour, table.where(table.database == name) if table else table)
        for name, (section, colour) in _coloured(found["databases"]).items()
    ]
    if found["pooled"] and len(shown) > 1:
        shown.append(("all databases", found["pooled"], POOLED_COLOUR, table))
    return shown


def _coloured(databases: Mapping[str, Any]) -> dict[str, tuple[Any, str]]:
    return {
        name: (section, COLOURS[index % len(COLOURS)])
        for index, (name, section) in enumerate(databases.items())
    }


def _roc(scored: RecordTable) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    order = np.argsort(-scored.p, kind="stable")
    p, abnormal = scored.p[order], scored.abnormal[order]
    ends = np.flatnonzero(np.r_[p[1:] < p[:-1], True])
    hits, alarms = np.cumsum(abnormal)[ends], np.cumsum(~abnormal)[ends]
    return np.r_[0, alarms / alarms[-1]], np.r_[0, hits / hits[-1]]


def _band(axes: Axes, curves: Sequence[Sequence[float]], colour: str, label: str) -> None:
    longest = max((len(curve) for curve in curves), default=0)
    if not longest:
        return
    # Folds may stop at different epochs: each point is of those that came so far.
    reached = [[curve[at] for curve in curves if len(curve) > at] for at in range(longest)]
    epoch = np.arange(1, longest + 1)
    middle = np.array([np.mean(values) for values in reached])
    spread = np.array([np.std(values) for values in reached])
    axes.plot(epoch, middle, color=colour, label=label, marker="o" if longest == 1 else None)
    axes.fill_between(epoch, middle - spread, middle + spread, color=colour, alpha=0.2, linewidth=0)


def _legend_beside(axes: Axes, title: str | None) -> None:
    if axes.get_legend_handles_labels()[0]:
        axes.legend(title=title, loc="upper left", bbox_to_anchor=(1, 1), title_fontsize="small")


def _panels(
    rows: int, columns: int, width: float = _PANEL, ratios: Sequence[float] | None = None
) -> tuple[Figure, NDArray[Any]]:
    shares = ratios or (1.0,) * rows
    height = 0.9 * _PANEL * sum(shares) / max(shares) if rows == 1 or ratios else 0.7 * _PANEL * rows
    picture = Figure(figsize=(width * columns, height), layout="constrained")
    axes = picture.subplots(
        rows, columns, squeeze=False, sharex="col", sharey="row", height_ratios=list(shares)
    )
    return picture, axes


def _png(picture: Figure) -> bytes:
    for row in np.reshape(picture.axes, (-1,)):
        row.set_axisbelow(True)
    # A bar of colours stands in no row.
    for before, after in pairwise(one for one in picture.axes if one.get_subplotspec()):
        if before.get_subplotspec().rowspan == after.get_subplotspec().rowspan:
            after.set_ylabel("")
    stream = io.BytesIO()
    # The version in the file would make equal pictures differ.
    FigureCanvasAgg(picture).print_png(stream, metadata={"Software": None})
    return stream.getvalue()
