"""What the FAQ makes of a text: normalised, compared with every phrasing, weighed with the rules, and calibrated."""

from chalicelib.faq.engine.calibration import asked
from chalicelib.faq.engine.compiling import compile_entries, compile_release, with_index
from chalicelib.faq.engine.index import exact_texts
from chalicelib.faq.engine.search import CompiledFaq
from chalicelib.faq.engine.text import normalise

__all__ = ["CompiledFaq", "asked", "compile_entries", "compile_release", "exact_texts", "normalise", "with_index"]
