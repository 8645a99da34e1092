"""How many tokens a payload is, and what it costs, from data that came with the packages; nothing is downloaded.

What isn't known is None, never a guess.
"""

from chatdata.domain.tokens.counting import Encoding, Estimate, count, estimate, estimate_message
from chatdata.domain.tokens.facts import ModelFacts, known_models, model_facts
from chatdata.domain.tokens.prices import Price, TokenPrice, price, token_price

__all__ = [
    "Encoding",
    "Estimate",
    "ModelFacts",
    "Price",
    "TokenPrice",
    "count",
    "estimate",
    "estimate_message",
    "known_models",
    "model_facts",
    "price",
    "token_price",
]
