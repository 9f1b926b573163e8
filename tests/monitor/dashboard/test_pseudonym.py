import random
import re

from monitor.dashboard.pseudonym import pseudonym


def test_a_pseudonym_is_two_plain_words_and_two_digits():
    chance = random.Random(1)
    made = [pseudonym(chance) for _ in range(2000)]
    assert all(re.fullmatch(r"[a-z]+ [a-z]+ \d\d", one) for one in made)
    assert len(set(made)) > 1900


def test_the_same_seed_gives_the_same_ones():
    assert pseudonym(random.Random(7)) == pseudonym(random.Random(7)) != pseudonym(random.Random(8))
