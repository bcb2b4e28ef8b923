"""How the simulator says no to whoever drives it."""


class Refused(ValueError):
    """The request makes no sense here. The message is Chinese and meant for the screen."""

    def __init__(self, message: str, *, status: int = 400) -> None:
        super().__init__(message)
        self.message = message
        self.status = status


class Missing(Refused):
    """What was named does not exist."""

    def __init__(self, message: str) -> None:
        super().__init__(message, status=404)
