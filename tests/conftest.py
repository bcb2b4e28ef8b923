"""How property tests run here."""

from hypothesis import settings

settings.register_profile("huiyuan", deadline=None)  # a busy machine is slow, not wrong
settings.load_profile("huiyuan")
