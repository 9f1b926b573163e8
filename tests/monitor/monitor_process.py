"""``auscult monitor --headless`` in a process, its lines read as they come and checked by their schema."""

import json

import jsonschema

from monitor.json_lines import read_schema

VALIDATOR = jsonschema.Draft202012Validator(read_schema())
LIMIT_S = 60
MONITOR = ("-m", "monitor.cli", "monitor", "--source", "mic", "--headless", "--model")


def read_until(process, wanted):
    """Lines up to the first that is wanted, that one included."""
    lines = []
    while not lines or not wanted(lines[-1]):
        line = process.stdout.readline()
        assert line, process.stderr.read()
        lines.append(json.loads(line))
        VALIDATOR.validate(lines[-1])
    return lines


def ended(process):
    """Its last lines and what it said on standard error."""
    out, err = process.communicate(timeout=LIMIT_S)
    lines = [json.loads(line) for line in out.splitlines()]
    for line in lines:
        VALIDATOR.validate(line)
    return lines, err


def is_event(*names):
    return lambda line: line.get("event") in names


def is_past(t_s):
    """Whether a line is a verdict on a window that ends later than that."""
    return lambda line: line.get("window_end_s", 0) > t_s


def events(lines):
    return [line["event"] for line in lines if line["kind"] == "event"]
