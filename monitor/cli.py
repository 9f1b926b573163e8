"""The command line. Heavy imports wait until a command needs them."""

from __future__ import annotations

import errno
import math
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click
from click.core import ParameterSource

from model.loading import DEFAULT_MODEL
from monitor.failure import INTERRUPTED, CommandError, leave_it_to_the_first, unwritable

if TYPE_CHECKING:
    from recordings import Channel

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)

LONGEST_S = 1e9

# As training has them; to import it for the help would cost torch's second.
RECIPE_NAMES = ("paper", "default")
QUALITY = "quality"
PART_NAMES = (
    "fine-image",
    "denoising",
    "equaliser",
    "floor",
    "time-mask",
    "tempo",
    "noise",
    "device",
    "altered-copies",
    "heart-states",
    "balance",
)
PROTOCOL_NAMES = ("paper", "grouped", "validation", "lodo", "circor", "front-end")

TABLE_SUFFIXES = (".csv", ".jsonl", ".parquet")
PCM_FORMATS = ("s16le", "s32le", "f32le")
LANGUAGES = ("en", "ko")
EXPORT_FORMATS = ("flac", "wav", "edf", "wfdb", "dicom", "fhir", "lsl")
CONDITIONS = ("normal", "as", "mr", "mvp", "ms", "ar", "s3", "s4")


class Pace(click.ParamType):
    """``real``, ``max`` or a factor such as ``4x``."""

    name = "pace"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float | None:
        """Seconds of sound per second; None for as fast as possible."""
        if value is None or isinstance(value, float):
            return value
        if value == "real":
            return 1.0
        if value == "max":
            return None
        try:
            factor = float(value.removesuffix("x"))
        except ValueError:
            factor = 0.0
        if not (value.endswith("x") and 0.01 <= factor <= 1000):
            self.fail(f"{value!r} is not real, max or a factor from 0.01x to 1000x such as 4x", param, ctx)
        return factor


class Seconds(click.FloatRange):
    """A length of time; what is not a number is in no range."""

    name = "seconds"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The length in its unit."""
        seconds = super().convert(value, param, ctx)
        if math.isnan(seconds):
            self.fail(f"{value!r} is not a number of {self.name}", param, ctx)
        return seconds


class Hours(Seconds):
    """As seconds, but in hours."""

    name = "hours"


class Hop(click.ParamType):
    """Seconds, a multiple of 0.08."""

    name = "seconds"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The hop in seconds."""
        from dsp.config import FrontEndConfig

        try:
            hop_s = float(value)
            FrontEndConfig().hop_steps(hop_s)
        except ValueError as error:
            self.fail(
                str(error) if "hop" in str(error) else f"{value!r} is not a number of seconds", param, ctx
            )
        return hop_s


class ChannelChoice(click.ParamType):
    """A number from 1, ``mono`` or ``louder``."""

    name = "channel"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Channel | None:
        """The channel; None where nothing was said."""
        if value in (None, "mono", "louder"):
            return value
        if not (str(value).isdecimal() and int(value) >= 1):
            self.fail(f"{value!r} is not a channel's number from 1, mono or louder", param, ctx)
        return int(value)


def example(*lines: str) -> str:
    """Examples for the end of a help page."""
    return "\b\nExample:\n" + "\n".join(f"  {line}" for line in lines)


def _stacked(*options: Any) -> Any:
    def decorate(command: Any) -> Any:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


_duration = click.option(
    "--duration",
    type=Seconds(0, LONGEST_S, min_open=True),
    metavar="SECONDS",
    help="Stop after this much sound; a loop: in all.",
)
_channel = click.option(
    "--channel",
    type=ChannelChoice(),
    metavar="N|mono|louder",
    help="Of several: one counted from 1, the mean, or the louder one. "
    "Default: a recording's louder one, a device's first.",
)
_model = click.option(
    "--model",
    default=DEFAULT_MODEL,
    show_default=True,
    help="A packaged model's name or a path to .safetensors.",
)
_hop = click.option(
    "--hop", type=Hop(), default=0.4, show_default=True, help="Time between verdicts, a multiple of 0.08."
)
_data = click.option(
    "--data",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Folder of sessions and their sound. Default: AUSCULT_DATA, or the platform's own place for data.",
)
_playback = _stacked(
    click.option("--headless", is_flag=True, help="No window: JSON lines on standard output."),
    _hop,
    _model,
    click.option(
        "--pace",
        type=Pace(),
        metavar="real|max|Nx",
        default="real",
        show_default=True,
        help="How fast files and synth play.",
    ),
    _duration,
    _channel,
    click.option(
        "--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of the synthetic source."
    ),
    click.option("--loop", is_flag=True, help="Begin again at the end; for recordings and synth."),
)
_present = click.option(
    "--present", is_flag=True, help="For an audience: full screen, large, again and again; Esc leaves."
)
_language = click.option(
    "--language",
    type=click.Choice(LANGUAGES),
    help="Of the window and the report. Default: the platform's, or English.",
)
_heart = _stacked(
    click.option(
        "--condition",
        type=click.Choice(CONDITIONS),
        default="normal",
        show_default=True,
        help="Of the heart.",
    ),
    click.option(
        "--heart-rate",
        type=click.FloatRange(35, 200),
        default=72,
        show_default=True,
        help="Beats per minute.",
    ),
    click.option(
        "--jitter",
        type=click.FloatRange(0, 0.2),
        default=0.03,
        show_default=True,
        help="Of the beat interval.",
    ),
    click.option(
        "--snr", type=float, default=30, show_default=True, help="Heart sound over noise, in decibels."
    ),
)


_scenario = click.option(
    "--scenario",
    type=click.Path(path_type=Path),
    metavar="FILE.toml",
    help="A synthetic heart, its noises, changes and faults, by script; --seed and --duration go before the "
    "file's.",
)


def _given(name: str) -> bool:
    """Whether the running command's option was named, not left at its default."""
    return click.get_current_context().get_parameter_source(name) is not ParameterSource.DEFAULT


def _scenario_alone() -> None:
    """Refuse what a scenario says itself."""
    for name in ("condition", "heart_rate", "jitter", "snr", "rate"):
        if _given(name):
            raise click.UsageError(
                f"the scenario says what the heart is: leave --{name.replace('_', '-')} out, "
                "or write it into the file"
            )


def _corpus_folders(ctx: click.Context, param: click.Parameter, corpora: tuple[str, ...]) -> dict[str, Path]:
    folders = {}
    for corpus in corpora:
        key, equals, folder = corpus.partition("=")
        if not (key and equals and folder):
            raise click.BadParameter(f"{corpus!r} is not NAME=DIR, for example cinc2016=corpora/cinc2016")
        folders[key] = Path(folder)
    return folders


_training = _stacked(
    click.option(
        "--corpus",
        "folders",
        multiple=True,
        required=True,
        metavar="NAME=DIR",
        callback=_corpus_folders,
        help="A corpus and its folder.",
    ),
    click.option(
        "--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of everything random."
    ),
    click.option("--epochs", type=click.IntRange(min=1), help="Instead of the recipe's."),
    click.option(
        "--noise",
        type=click.Path(path_type=Path),
        metavar="DIR",
        help="Holds esc10 and fsdd, for recipes that mix in noise.",
    ),
    click.option("--allow-missing", is_flag=True, help="Leave out records that have a problem."),
)


class _Commands(click.Group):
    """Lists the commands in the order of use."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog=example("auscult demo", "auscult replay heart.wav --headless", "auscult COMMAND --help"),
)
@click.version_option(package_name="auscult")
def cli() -> None:
    """Streaming auscultation monitor: heart sound in, rolling verdict out.

    Research use only, not a medical device.
    """


@cli.command(
    epilog=example("auscult demo", "auscult demo --present", "auscult demo --png /tmp/dashboard.png")
)
@click.option(
    "--png", type=click.Path(path_type=Path), help="Where the picture goes when there is no display."
)
@_present
@_language
@_model
def demo(png: Path | None, present: bool, language: str | None, model: str) -> int:
    """Replay the packaged recordings.

    In the dashboard; without a display in the terminal, with a picture of the dashboard.
    """
    from monitor.commands.demo import run_demo

    return run_demo(png, model, present, language)


@cli.command(
    epilog=example(
        "auscult monitor",
        "auscult monitor --source mic:USB --headless",
        "auscult monitor --source mic:steth --rate 4000",
        "auscult monitor --source lsl:stethoscope",
        "auscult monitor --record --patient 'bed 7'",
        "auscult monitor --language ko",
        "auscult monitor --source synth --condition as --heart-rate 90",
        "auscult monitor --source synth --scenario faults.toml --pace 4x",
        "arecord -f S16_LE -r 4000 | auscult monitor --source - --rate 4000 --format s16le --headless",
    )
)
@click.option(
    "--source",
    default="mic",
    show_default=True,
    metavar="mic[:NAME]|lsl[:NAME]|FILE|synth|-",
    help="An input device, an LSL stream, a recording, a synthetic heart, or PCM on standard input.",
)
@click.option(
    "--rate",
    type=click.IntRange(1_000, 192_000),
    help="Of PCM on standard input, or that a device is opened at instead of its default, in hertz.",
)
@click.option(
    "--format",
    "pcm_format",
    type=click.Choice(PCM_FORMATS),
    default="s16le",
    help="Of PCM on standard input.",
)
@click.option(
    "--reconnect",
    type=Seconds(0, LONGEST_S),
    metavar="SECONDS",
    help="How long to wait for a device that is lost. Default: 30 if headless, else until it is back.",
)
@click.option(
    "--record/--no-record",
    default=None,
    help="Record the sound too. Default: no; with a window, as it was chosen there last.",
)
@click.option(
    "--store/--no-store",
    default=None,
    help="Keep the session: verdicts and events. Default: of devices and pipes, not of what is replayed.",
)
@click.option("--patient", metavar="REFERENCE", help="Kept with the session, as you write it.")
@_data
@_scenario
@_language
@_playback
@_heart
def monitor(source: str, **options: Any) -> int:
    """Listen and judge, again and again."""
    from monitor.commands.listen import ListenOptions, run_monitor

    if source == "-" and options["rate"] is None:
        raise click.UsageError("PCM on standard input needs its --rate, for example --rate 4000")
    unrepeatable = source in ("mic", "lsl", "-") or source.startswith(("mic:", "lsl:"))
    if options["loop"] and unrepeatable:
        raise click.UsageError("only a recording or synth can begin again: leave --loop out")
    if options["record"] and options["store"] is False:
        raise click.UsageError("sound is recorded only of a session that is kept: leave --no-store out")
    if options["record"] and not unrepeatable and source != "synth":
        raise click.UsageError(f"{source} is a recording already: leave --record out")
    kept = unrepeatable if options["store"] is None else options["store"]
    if options["patient"] and not (kept or options["record"]):
        raise click.UsageError("what is not kept has no patient: add --store or leave --patient out")
    if options["scenario"]:
        if source != "synth":
            raise click.UsageError("only synth plays a scenario: add --source synth, or leave --scenario out")
        _scenario_alone()
        options["seed"] = options["seed"] if _given("seed") else None
    return run_monitor(source, ListenOptions(**options))


@cli.command(
    epilog=example(
        "auscult replay heart.wav",
        "auscult replay ward/*.flac --loop",
        "auscult replay lecture/*.wav --present",
        "auscult replay a.wav --headless --pace max",
    )
)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@_present
@_language
@_playback
def replay(files: tuple[Path, ...], **options: Any) -> int:
    """Replay recordings, each judged as a stream of its own."""
    from monitor.commands.listen import ListenOptions, run_replay

    if options["present"] and options["headless"]:
        raise click.UsageError("nothing is presented without a window: leave --headless or --present out")
    return run_replay(files, ListenOptions(**options))


def _table_name(ctx: click.Context, param: click.Parameter, out: Path) -> Path:
    if out.suffix.lower() not in TABLE_SUFFIXES:
        raise click.BadParameter(f"{str(out)!r} does not end in {', '.join(TABLE_SUFFIXES)}")
    return out


@cli.command(
    epilog=example(
        "auscult screen archive/ --out results.csv",
        "auscult screen a.wav b.flac --out results.parquet --hop 5.04",
        "auscult screen /shared/archive --out results.csv --scheduler tcp://10.0.0.7:8786",
    )
)
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH...")
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path),
    callback=_table_name,
    metavar="FILE",
    help=f"The table to write, or to go on with: {', '.join(TABLE_SUFFIXES)}.",
)
@click.option(
    "--summary",
    type=click.Path(path_type=Path),
    metavar="FILE.html",
    help="What it came to, as a page to read. Default: beside the table.",
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    help="Recordings judged side by side, one core each. Default: as many as there are cores.",
)
@click.option(
    "--scheduler",
    metavar="tcp://HOST:PORT",
    help="Of a Dask cluster that judges them instead of this machine.",
)
@_hop
@_model
@_channel
def screen(
    paths: tuple[Path, ...],
    out: Path,
    summary: Path | None,
    jobs: int | None,
    scheduler: str | None,
    hop: float,
    model: str,
    channel: Channel | None,
) -> int:
    """Judge many recordings, one row each. Folders are searched for audio files.

    Killed and started again, it goes on where it was.
    """
    from monitor.commands.screen import run_screen

    if jobs and scheduler:
        raise click.UsageError("a cluster has its own cores: leave --jobs or --scheduler out")
    return run_screen(paths, out, hop, model, channel, summary, jobs or os.cpu_count() or 1, scheduler)


@cli.command(epilog=example("auscult analyze heart.wav", "auscult analyze heart.wav | python -m json.tool"))
@click.argument("file", type=click.Path(path_type=Path))
@_hop
@_model
@_channel
def analyze(file: Path, hop: float, model: str, channel: Channel | None) -> None:
    """Judge one recording; everything found, as one JSON document."""
    from monitor.commands.analyze import run_analyze

    run_analyze(file, hop, model, channel)


@cli.command(
    epilog=example(
        "auscult synth heart.flac --condition mr --duration 30 --seed 7",
        "auscult synth ward.wav --scenario ward.toml",
    )
)
@click.argument("out", type=click.Path(path_type=Path))
@_scenario
@_heart
@click.option("--duration", type=Seconds(0.1, 86_400), default=20, show_default=True, help="In seconds.")
@click.option(
    "--rate", type=click.IntRange(1_000, 192_000), default=4_000, show_default=True, help="In hertz."
)
@click.option(
    "--seed", type=click.IntRange(min=0), default=0, show_default=True, help="The same seed, the same bytes."
)
def synth(out: Path, scenario: Path | None, duration: float, seed: int, **heart: Any) -> None:
    """Write a synthetic recording and its ground truth.

    OUT ends in .flac or .wav; the truth goes into a .json beside it.
    """
    from monitor.commands.synth import plain_scenario, run_synth
    from monitor.scenario_file import open_scenario

    if scenario is None:
        run_synth(out, plain_scenario(duration_s=duration, seed=seed, **heart))
        return
    _scenario_alone()
    asked = {"seed": seed, "duration_s": duration}
    given = {name: value for name, value in asked.items() if _given(name.removesuffix("_s"))}
    run_synth(out, open_scenario(scenario, **given))


@cli.command(epilog=example("auscult devices"))
def devices() -> None:
    """List the input devices, and where pylsl is installed the LSL streams with sound."""
    from monitor.commands.devices import run_devices

    run_devices()


@cli.group(
    cls=_Commands,
    epilog=example(
        "auscult sessions list",
        "auscult sessions show 3f9a2c",
        "auscult sessions delete 3f9a2c",
    ),
)
def sessions() -> None:
    """List, show and delete what was kept of examinations."""


_id = click.argument("session", metavar="ID")
_as_json = click.option("--json", "as_json", is_flag=True, help="As one JSON document.")
_confirmed = click.option("--yes", is_flag=True, help="Do not ask.")


@sessions.command("list", epilog=example("auscult sessions list", "auscult sessions list --json"))
@_as_json
@_data
def list_sessions(as_json: bool, data: Path | None) -> None:
    """List the sessions, the newest first."""
    from monitor.commands.sessions import run_list

    run_list(data, as_json)


@sessions.command(
    "show", epilog=example("auscult sessions show 3f9a2c", "auscult sessions show 3f9a2c --lines")
)
@_id
@click.option("--lines", is_flag=True, help="The JSON lines that the session gave.")
@_as_json
@_data
def show_session(session: str, lines: bool, as_json: bool, data: Path | None) -> None:
    """Show one session; the beginning of its ID will do."""
    from monitor.commands.sessions import run_show

    if lines and as_json:
        raise click.UsageError("--lines and --json are two ways to show it: choose one")
    run_show(session, data, lines, as_json)


@sessions.command("note", epilog=example("auscult sessions note 3f9a2c 'patient moved at the end'"))
@_id
@click.argument("words")
@_data
def note_session(session: str, words: str, data: Path | None) -> None:
    """Add a note to a session."""
    from monitor.commands.sessions import run_note

    run_note(session, words, data)


@sessions.command("delete", epilog=example("auscult sessions delete 3f9a2c 77b01d"))
@click.argument("sessions", nargs=-1, required=True, metavar="ID...")
@_confirmed
@_data
def delete_sessions(sessions: tuple[str, ...], yes: bool, data: Path | None) -> None:
    """Delete sessions with their sound, notes and examinations, for good."""
    from monitor.commands.sessions import run_delete

    run_delete(sessions, data, yes)


@sessions.command("prune", epilog=example("auscult sessions prune", "auscult sessions prune --quota 5"))
@click.option(
    "--quota",
    type=click.FloatRange(0),
    metavar="GB",
    help="Most recorded sound to keep. Default: 10, or what settings.json says.",
)
@_confirmed
@_data
def prune_sessions(quota: float | None, yes: bool, data: Path | None) -> None:
    """Offer the oldest recorded sessions for deletion while sound is above its quota."""
    from monitor.commands.sessions import run_prune

    run_prune(data, quota, yes)


@cli.group(
    cls=_Commands,
    epilog=example(
        "auscult examinations list",
        "auscult examinations show 77b01d",
        "auscult examinations delete 77b01d",
    ),
)
def examinations() -> None:
    """List, show and delete guided examinations, which are made in the dashboard."""


_examination = click.argument("examination", metavar="ID")


@examinations.command("list", epilog=example("auscult examinations list", "auscult examinations list --json"))
@_as_json
@_data
def list_examinations(as_json: bool, data: Path | None) -> None:
    """List the examinations, the newest first."""
    from monitor.commands.examinations import run_list

    run_list(data, as_json)


@examinations.command(
    "show", epilog=example("auscult examinations show 77b01d", "auscult examinations show 77b01d --json")
)
@_examination
@_as_json
@_data
def show_examination(examination: str, as_json: bool, data: Path | None) -> None:
    """Show what an examination came to, site by site; the beginning of its ID will do."""
    from monitor.commands.examinations import run_show

    run_show(examination, data, as_json)


@examinations.command("delete", epilog=example("auscult examinations delete 77b01d 3f9a2c"))
@click.argument("examinations", nargs=-1, required=True, metavar="ID...")
@_confirmed
@_data
def delete_examinations(examinations: tuple[str, ...], yes: bool, data: Path | None) -> None:
    """Delete examinations with their sessions and sound, for good."""
    from monitor.commands.examinations import run_delete

    run_delete(examinations, data, yes)


@cli.command(
    epilog=example(
        "auscult report 77b01d",
        "auscult report 77b01d --out bed7.html",
        "auscult report 77b01d --paper letter",
        "auscult report 77b01d --language ko",
    )
)
@click.argument("examination", metavar="ID")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A name that ends in .pdf or .html. Default: examination-ID.pdf.",
)
@click.option(
    "--paper",
    type=click.Choice(("a4", "letter")),
    help="Default: what is used where the system says you are.",
)
@_language
@_data
def report(
    examination: str, out: Path | None, paper: str | None, data: Path | None, language: str | None
) -> None:
    """Write the report of an examination on one page; the beginning of its ID will do."""
    from monitor.commands.report import run_report

    run_report(examination, out, paper, data, language)


@cli.command(
    epilog=example(
        "auscult export heart.wav --to edf",
        "auscult export 3f9a2c --to flac --out bed7.flac",
        "auscult export record.hea:PCG --to wav --force",
        "auscult export heart.wav --to lsl",
    )
)
@click.argument("source", metavar="SESSION_OR_FILE")
@click.option(
    "--to",
    type=click.Choice(EXPORT_FORMATS),
    required=True,
    help="FLAC or WAV with a JSON file beside it, EDF+ or a WFDB record with annotations, a DICOM General "
    "Audio Waveform, a FHIR R4 Bundle, or LSL streams, played as it was heard.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Default: by the recording's or session's name and the format, in this folder.",
)
@click.option("--force", is_flag=True, help="Replace what is there.")
@click.option("--round", "rounded", is_flag=True, help="Round samples that are finer than the format holds.")
@_hop
@_model
@_channel
@_data
def export(source: str, **options: Any) -> None:
    """Write a recording, or a session with its sound, for other programs.

    With verdicts, heart sounds and events; without the patient's reference. The beginning of a session's ID
    will do.
    """
    from monitor.commands.export import ExportOptions, run_export

    if options["to"] == "lsl" and (options["out"] or options["force"] or options["rounded"]):
        raise click.UsageError("LSL streams are no file: leave --out, --force and --round out")
    run_export(source, ExportOptions(**options))


@cli.command(
    epilog=example(
        "auscult train --corpus cinc2016=corpora/cinc2016 --recipe paper --out runs/paper",
        "auscult train --corpus cinc2016=corpora/cinc2016 --noise corpora/noise --recipe default",
    )
)
@click.option(
    "--recipe",
    type=click.Choice((*RECIPE_NAMES, QUALITY)),
    default="paper",
    show_default=True,
    help="How to train; quality is the gate before the others.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default="auscult-training",
    show_default=True,
    help="Folder for checkpoints and weights.",
)
@click.option("--name", help="The model's name. Default: the recipe's.")
@click.option(
    "--evidence",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="What auscult evaluate wrote of this recipe, for the model card; may be repeated.",
)
@_training
def train(recipe: str, name: str | None, evidence: tuple[Path, ...], **options: Any) -> None:
    """Train a model. Killed and started again, it goes on where it was."""
    from monitor.commands.train import run_quality_training, run_training

    if recipe == QUALITY:
        if name or evidence:
            raise click.UsageError("--name and --evidence are not for recipe quality; leave them out")
        run_quality_training(**options)
        return
    run_training(recipe_name=recipe, name=name or recipe, evidence=evidence, **options)


@cli.command(
    epilog=example(
        "auscult evaluate --protocol grouped --model default --corpus cinc2016=corpora/cinc2016 "
        "--corpus circor2022=corpora/circor2022 --noise corpora/noise --out runs/grouped"
    )
)
@click.option(
    "--protocol", type=click.Choice(PROTOCOL_NAMES), required=True, help="Who trains and who is tested."
)
@click.option(
    "--model",
    "recipe_name",
    type=click.Choice(RECIPE_NAMES),
    default="default",
    show_default=True,
    help="The recipe that trains each fold.",
)
@click.option(
    "--without",
    multiple=True,
    type=click.Choice(PART_NAMES),
    help="Leave this out of the recipe, to see what it is worth; may be repeated.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Folder for checkpoints and the report. Default: auscult-PROTOCOL-MODEL.",
)
@click.option(
    "--folds", type=click.IntRange(min=2), default=10, show_default=True, help="Of a cross-validation."
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    help="Folds trained side by side, one core each. Default: as many as there are cores.",
)
@click.option(
    "--gate",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="What auscult train --recipe quality wrote: figures with the quality gate on.",
)
@_training
def evaluate(
    protocol: str,
    recipe_name: str,
    without: tuple[str, ...],
    out: Path | None,
    jobs: int | None,
    **options: Any,
) -> None:
    """Train on folds, test on what they did not see, and write a report.

    Killed and started again, it goes on where it was.
    """
    from monitor.commands.evaluate import run_evaluation

    run_evaluation(
        protocol=protocol,
        recipe_name=recipe_name,
        without=without,
        out=out
        or Path("-".join(["auscult", protocol, recipe_name, *(f"without-{part}" for part in without)])),
        jobs=jobs or os.cpu_count() or 1,
        **options,
    )


@cli.command(
    epilog=example(
        "auscult bench",
        "auscult bench --json bench.json --only hop --only live",
        "auscult bench --support support.zip",
        "auscult bench --soak --soak-hours 2",
        "auscult bench --peers --json peers.json --png peers.png",
        "auscult bench --streams 200",
    )
)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")
@click.option("--json", "json_path", type=click.Path(path_type=Path), help="Also write the figures here.")
@click.option(
    "--support",
    type=click.Path(path_type=Path),
    metavar="OUT.zip",
    help="Also write versions, devices, settings and timings there for whoever helps you: no sound, no names "
    "of patients.",
)
@click.option(
    "--only",
    multiple=True,
    type=click.Choice(
        ["hop", "archive", "screening", "live", "dashboard", "frames", "answers", "start", "memory"]
    ),
    help="Measure only this; may be repeated.",
)
@click.option(
    "--soak",
    is_flag=True,
    help="Instead: a day of simulated sound with faults; every sample and window must be accounted for.",
)
@click.option(
    "--soak-hours",
    type=Hours(0.01, 24),
    default=24,
    show_default=True,
    metavar="HOURS",
    help="How much sound is simulated.",
)
@click.option(
    "--seed",
    type=click.IntRange(0, 2**63 - 1),
    default=0,
    show_default=True,
    help="Of what --soak simulates.",
)
@click.option(
    "--peers",
    is_flag=True,
    help="Instead: the same work by the programs that one would use otherwise, on the recordings at PATH or "
    "the packaged ones. They are installed once, in an environment of their own, which takes 1.2 GB.",
)
@click.option(
    "--png", type=click.Path(path_type=Path), metavar="FILE", help="Also draw the peers' ratios there."
)
@click.option(
    "--streams",
    type=click.IntRange(1, 10_000),
    is_flag=False,
    flag_value=200,
    metavar="[N]",
    help="Instead: so many live streams at once, 200 if no number is given, on two cores.",
)
@click.option(
    "--hop", "hop_s", type=Hop(), default=1.04, show_default=True, help="Of --streams, a multiple of 0.08."
)
@_model
def bench(
    soak: bool,
    soak_hours: float,
    seed: int,
    peers: bool,
    png: Path | None,
    streams: int | None,
    hop_s: float,
    paths: tuple[Path, ...],
    **options: Any,
) -> int:
    """Measure time and memory beside their targets."""
    chosen = [name for name, given in (("soak", soak), ("peers", peers), ("streams", streams)) if given]
    if len(chosen) > 1 or (chosen and (options["only"] or (chosen != ["soak"] and options["support"]))):
        raise click.UsageError(f"--{chosen[-1]} measures nothing else: leave the others out")
    if not soak and (_given("soak_hours") or _given("seed")):
        raise click.UsageError("only a soak has hours and a seed: add --soak")
    if not peers and (paths or png):
        raise click.UsageError("only the peers have recordings and a picture: add --peers")
    if not streams and _given("hop_s"):
        raise click.UsageError("only streams have a hop here: add --streams")
    if peers:
        from monitor.commands.bench_peers import run_peers

        return run_peers(options["json_path"], png, options["model"], paths)
    if streams:
        from monitor.commands.bench import run_streams

        return run_streams(options["json_path"], options["model"], streams, hop_s)
    from monitor.commands.bench import run_bench

    return run_bench(**options, soak_hours=soak_hours if soak else None, seed=seed)


def _leave(status: int) -> NoReturn:
    """Exit, with all that was printed."""
    try:
        sys.stdout.flush()
    except OSError:
        # Python would try once more at exit, and complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(status)


def main() -> None:
    """Entry point: one line for what went wrong, and the contract's exit status."""
    # The one place that decides: torch and numpy threads fight each other on two busy cores.
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(variable, "1")
    # A closed standard stream is None, and the next file opened would get its number.
    for stream in ("stdout", "stderr"):
        if getattr(sys, stream) is None:
            setattr(sys, stream, os.fdopen(os.open(os.devnull, os.O_WRONLY), "w"))
    try:
        status = cli(standalone_mode=False)
    except click.ClickException as error:
        leave_it_to_the_first()
        error.show()
        status = error.exit_code
    except CommandError as error:
        leave_it_to_the_first()
        click.echo(f"auscult: {error}", err=True)
        status = 1
    except (KeyboardInterrupt, click.Abort):
        status = INTERRUPTED
    except (BrokenPipeError, SystemExit):
        # Commands return their status; SystemExit is click's own answer to a broken pipe.
        status = 0
    except OSError as error:
        # Of help and other plain text, which click writes; what a command opens by name it answers for.
        if error.filename is not None or error.errno not in _FULL:
            raise
        click.echo(f"auscult: {unwritable(error)}", err=True)
        status = 1
    _leave(status if isinstance(status, int) else 0)


if __name__ == "__main__":
    main()
