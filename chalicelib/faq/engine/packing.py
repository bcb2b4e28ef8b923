"""The index of a release as bytes, so that a Lambda reads it instead of building it."""

import json
from array import array
from collections.abc import Iterator

from chalicelib.faq.engine.confidence import Calibration
from chalicelib.faq.engine.index import Index
from chalicelib.faq.engine.postings import Postings

FORMAT = 2
"""Another engine's index is not read: the entries are indexed anew."""
HEADER_BYTES = 4


def packed(index: Index, calibration: Calibration) -> bytes:
    """A header with the sizes of the sections, then the sections."""
    sections = tuple(_sections(index))
    header = {
        "format": FORMAT,
        "sizes": [len(section) for section in sections],
        "unseen": [index.written.unseen, index.spoken.unseen],
        "curve": calibration.curve,
        "answers": calibration.answers,
        "asks": calibration.asks,
    }
    told = json.dumps(header).encode()
    return len(told).to_bytes(HEADER_BYTES, "big") + told + b"".join(sections)


def unpacked(data: bytes, *, entries: int) -> tuple[Index, Calibration] | None:
    """What was packed; None when it is of another format, or not of so many entries."""
    start = HEADER_BYTES + int.from_bytes(data[:HEADER_BYTES], "big")
    header = json.loads(data[HEADER_BYTES:start])
    if header["format"] != FORMAT:
        return None
    sections = []
    for size in header["sizes"]:
        sections.append(data[start : start + size])
        start += size
    index = Index(
        compared=_texts(sections[0]),
        starts=array("I", sections[1]),
        written=_postings(sections[3:8], header["unseen"][0]),
        spoken=_postings(sections[8:13], header["unseen"][1]),
        centres=array("f", sections[2]),
    )
    calibration = Calibration(tuple(header["curve"]), header["answers"], header["asks"])
    return (index, calibration) if index.entries == entries else None


def _sections(index: Index) -> Iterator[bytes]:
    yield "\n".join(index.compared).encode()
    yield index.starts.tobytes()
    yield index.centres.tobytes()
    for postings in (index.written, index.spoken):
        yield "\n".join(postings.grams).encode()
        yield postings.starts.tobytes()
        yield postings.places.tobytes()
        yield postings.rarities.tobytes()
        yield postings.scales.tobytes()


def _postings(sections: list[bytes], unseen: float) -> Postings:
    grams, starts, places, rarities, scales = sections
    return Postings(
        grams={gram: number for number, gram in enumerate(_texts(grams))} if grams else {},
        starts=array("I", starts),
        places=array("I", places),
        rarities=array("f", rarities),
        scales=array("f", scales),
        unseen=unseen,
    )


def _texts(section: bytes) -> tuple[str, ...]:
    return tuple(section.decode().split("\n"))
