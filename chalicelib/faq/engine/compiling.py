"""From a release to something that can be searched."""

from dataclasses import replace

from chalicelib.faq.engine import index
from chalicelib.faq.engine.calibration import calibrated
from chalicelib.faq.engine.confidence import Calibration
from chalicelib.faq.engine.evidence import rules_of
from chalicelib.faq.engine.packing import packed, unpacked
from chalicelib.faq.engine.search import CompiledFaq
from chalicelib.store.release import FaqEntry, Release


def compile_release(release: Release) -> CompiledFaq:
    """Make a release searchable: from the index that was published with it, else from its entries."""
    ranked = _ranked(release)
    found = unpacked(release.index, entries=len(ranked)) if release.index else None
    if found:
        return CompiledFaq(release, ranked, rules_of(ranked), *found)
    return compile_entries(release)


def compile_entries(release: Release) -> CompiledFaq:
    """Make a release searchable from its entries alone. Slow for thousands of them."""
    ranked = _ranked(release)
    built = index.build([index.phrasings_of(entry) for entry in ranked])
    return CompiledFaq(release, ranked, rules_of(ranked), built, Calibration())


def with_index(release: Release) -> Release:
    """The release with its index, calibrated by its own entries: what is published."""
    faq = calibrated(compile_entries(release))
    return replace(release, index=packed(faq.index, faq.calibration))


def _ranked(release: Release) -> tuple[FaqEntry, ...]:
    return tuple(sorted(release.entries, key=lambda entry: (-entry.priority, entry.entry_id)))
