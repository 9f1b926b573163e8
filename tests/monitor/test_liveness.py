import pytest

from monitor.liveness import (
    ALARM_S,
    LOST_S,
    OVERFLOWING_S,
    SILENCE_S,
    Condition,
    Liveness,
)

RATE = 4000
BLOCK = 80
BLOCK_S = BLOCK / RATE


class HandClock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return HandClock()


def heard(liveness, clock, seconds, silent=False, overflowed=False):
    for _ in range(round(seconds / BLOCK_S)):
        clock.now += BLOCK_S
        liveness.block(BLOCK_S, silent, overflowed)
        liveness.check()


def asked(liveness, clock, seconds):
    """The condition at each question, ten a second."""
    told = []
    for _ in range(round(seconds * 10)):
        clock.now += 0.1
        told.append(liveness.check())
    return told


def test_a_device_that_delivers_is_healthy(clock):
    liveness = Liveness(clock)
    heard(liveness, clock, 5)
    assert (liveness.check(), liveness.reason) == (Condition.HEALTHY, "")


def test_late_blocks_alarm_and_the_next_one_heals(clock):
    liveness = Liveness(clock)
    heard(liveness, clock, 1)
    clock.now += ALARM_S - 0.01
    assert liveness.check() is Condition.HEALTHY
    clock.now += 0.02
    assert liveness.check() is Condition.ALARMED
    assert "nothing" in liveness.reason
    heard(liveness, clock, BLOCK_S)
    assert (liveness.condition, liveness.reason) == (Condition.HEALTHY, "")


def test_a_device_that_ceases_is_looked_for_and_is_back_with_its_next_block(clock):
    liveness = Liveness(clock)
    assert asked(liveness, clock, LOST_S + 0.1)[-1] is Condition.RECOVERING
    clock.now += 3600
    assert liveness.check() is Condition.RECOVERING
    heard(liveness, clock, BLOCK_S)
    assert liveness.check() is Condition.HEALTHY


def test_a_device_that_says_it_is_finished_is_lost_at_once(clock):
    liveness = Liveness(clock)
    heard(liveness, clock, 1)
    liveness.finished()
    assert liveness.condition is Condition.RECOVERING
    said = liveness.reason
    clock.now += 10
    liveness.finished()
    liveness.check()
    assert (liveness.condition, liveness.reason) == (Condition.RECOVERING, said)


def test_who_was_frozen_does_not_take_the_device_for_lost(clock):
    liveness = Liveness(clock)
    asked(liveness, clock, 0.3)
    clock.now += 10
    assert liveness.check() is Condition.HEALTHY
    assert asked(liveness, clock, LOST_S + 0.1)[-1] is Condition.RECOVERING


def test_patience_ends_once_and_for_all(clock):
    liveness = Liveness(clock, patience_s=5)
    liveness.finished()
    clock.now += 4.99
    assert liveness.check() is Condition.RECOVERING
    clock.now += 0.02
    assert liveness.check() is Condition.FAILED
    heard(liveness, clock, 1)
    liveness.finished()
    assert liveness.check() is Condition.FAILED


def test_digital_silence_alarms_but_a_quiet_microphone_does_not(clock):
    liveness = Liveness(clock)
    heard(liveness, clock, SILENCE_S - 0.1, silent=True)
    assert liveness.check() is Condition.HEALTHY
    heard(liveness, clock, BLOCK_S)
    heard(liveness, clock, SILENCE_S + 0.1, silent=True)
    assert liveness.check() is Condition.ALARMED
    assert "zeros" in liveness.reason
    heard(liveness, clock, BLOCK_S)
    assert liveness.check() is Condition.HEALTHY


def test_an_overflow_alarms_for_a_while(clock):
    liveness = Liveness(clock)
    heard(liveness, clock, BLOCK_S, overflowed=True)
    assert liveness.check() is Condition.ALARMED
    heard(liveness, clock, OVERFLOWING_S + 0.1)
    assert liveness.check() is Condition.HEALTHY
