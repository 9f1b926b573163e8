import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.settings import Settings, data_folder, read_settings, remember


@pytest.fixture(autouse=True)
def places(tmp_path, monkeypatch):
    for variable in ("XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(variable, str(tmp_path / variable))
    return tmp_path


WHERE = st.integers(-100_000, 100_000)
CHOSEN = st.builds(
    Settings,
    st.text(),
    st.booleans(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.text(),
    st.just(()) | st.tuples(WHERE, WHERE, WHERE, WHERE, st.integers(0, 1)),
    st.booleans(),
    st.booleans(),
)


def test_nothing_is_recorded_before_somebody_says_so():
    assert read_settings() == Settings(input="", record=False, quota_gb=10.0, keep_sound=True)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(CHOSEN)
def test_what_was_remembered_is_read(chosen):
    remember(chosen)
    assert read_settings() == chosen


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary() | st.from_regex(rb'\{"record": ("yes"|1|null|\[\]), "more": 1\}', fullmatch=True))
def test_what_cannot_be_read_is_as_if_nothing_had_been_chosen(places, content):
    remember(Settings(record=True))
    (path,) = (places / "XDG_CONFIG_HOME").rglob("settings.json")
    path.write_bytes(content)
    assert read_settings() == Settings()


@pytest.mark.parametrize(
    "place", ["[1, 2, 3.5, 4, 0]", "[1e99]", "[99999999999999999999]", "[true]", "{}", "7"]
)
def test_a_place_that_makes_no_sense_is_none(places, place):
    remember(Settings(theme="light"))
    (path,) = (places / "XDG_CONFIG_HOME").rglob("settings.json")
    path.write_text(f'{{"theme": "light", "place": {place}}}')
    assert read_settings() == Settings(theme="light")


def test_settings_and_sessions_lie_in_the_users_own_places(places):
    remember(Settings())
    assert [path.name for path in places.rglob("*.json")] == ["settings.json"]
    assert data_folder().is_relative_to(places / "XDG_DATA_HOME")


def test_settings_that_cannot_be_written_are_an_error_and_leave_nothing(places):
    (places / "XDG_CONFIG_HOME").write_text("")
    with pytest.raises(OSError):
        remember(Settings(record=True))
    assert read_settings() == Settings()
