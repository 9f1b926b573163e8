"""The networks, their weights, and the verdicts made of them."""
