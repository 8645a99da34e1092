"""Token counts and prices of payloads, from data that is part of the installed packages; nothing is downloaded.

Unknown counts and prices are None, never a guess.
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
