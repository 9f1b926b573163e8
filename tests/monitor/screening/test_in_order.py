from hypothesis import given
from hypothesis import strategies as st

from monitor.screening import in_order
from monitor.screening.in_order import InOrder


@given(st.integers(0, 5), st.integers(0, 60), st.integers(1, 8), st.data())
def test_results_come_out_in_order_once_and_few_wait(first, count, ahead, data):
    before, in_order.AHEAD = in_order.AHEAD, ahead
    try:
        order = InOrder(first, first + count)
        working, given_on = [], []
        while not order.done:
            while (place := order.take()) is not None:
                working.append(place)
            assert working
            assert len(working) + order.waiting <= ahead
            place = working.pop(data.draw(st.integers(0, len(working) - 1)))
            given_on += order.put(place, place)
        assert given_on == list(range(first, first + count))
        assert order.take() is None
    finally:
        in_order.AHEAD = before
