"""How quick and how big the engine is, by the number of phrasings: real ones, of `scale_zh`."""

import random
import time
import tracemalloc
from collections import defaultdict

from chalicelib.faq.engine import CompiledFaq, compile_release, with_index
from chalicelib.store import release as stored
from chalicelib.store.release import FaqEntry, Release
from chalicelib.store.table import Item
from tests.faq_eval.data import DATA, USUALLY, questions_of, read_lines

SIZES = (100, 1_000, 10_000)
ASKED = 300


def measured(size: int) -> dict[str, float]:
    """Processor time in milliseconds, memory in MB, the stored size in KB."""
    release = _release(size)
    began = time.process_time()
    published = with_index(release)
    building = time.process_time() - began
    items: list[Item] = [part.item for part in stored.parts("account", published)]
    began = time.process_time()
    faq = compile_release(stored.joined(items))
    loading = time.process_time() - began
    searches = _searches(faq)
    return {
        "phrasings": size,
        "building": building * 1e3,
        "loading": loading * 1e3,
        "stored": sum(len(item["data"]) for item in items) / 1e3,
        "memory": _memory(items),
        "p50": searches[len(searches) // 2] * 1e3,
        "p99": searches[int(len(searches) * 0.99)] * 1e3,
    }


def _searches(faq: CompiledFaq) -> list[float]:
    texts = [question.text for question in questions_of("shop_zh")[:ASKED]]
    texts += [f"{question}吗" for entry in faq.ranked for question in (entry.title, *entry.questions)][:ASKED]
    seconds = []
    for text in texts:
        began = time.process_time()
        faq.search(text, now=USUALLY)
        seconds.append(time.process_time() - began)
    return sorted(seconds)


def _memory(items: list[Item]) -> float:
    tracemalloc.start()
    kept = compile_release(stored.joined(items))
    used, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del kept
    return used / 1e6


def _release(size: int) -> Release:
    lines = list(read_lines(DATA / "scale_zh" / "phrasings.jsonl"))
    random.Random(1).shuffle(lines)
    texts: defaultdict[str, list[str]] = defaultdict(list)
    for line in lines[:size]:
        texts[line["id"]].append(line["text"])
    return Release(1, tuple(FaqEntry(name, first, "好", tuple(rest)) for name, (first, *rest) in texts.items()))
