"""The ground floor: what we raise on purpose."""


class AppError(Exception):
    """Base of all that we raise on purpose. Catch it only at a door."""


class Conflict(AppError):
    """Someone else wrote the item first. Read again and decide again."""


class Unavailable(AppError):
    """The table, a queue or a parameter could not be reached in time. Try again later; nothing is known to be lost."""


class Broken(AppError):
    """Something failed that no one expected; the log says where. The message names the door and the class, no more."""


class SettingsError(AppError):
    """The environment is incomplete. The message names every variable that is missing or malformed."""


class CredentialsError(AppError):
    """An account's parameter is missing or malformed. The message names the parameter and the field, no value."""


class UnknownAccount(CredentialsError):
    """No parameter exists for the account: its path is not ours to answer (404)."""


class Refused(AppError):
    """A request that is not WeChat's, or not whole. The reason is for the log; the sender learns nothing (403)."""


class BadContent(AppError):
    """An operator's file or command is wrong. The message says where and what, in words for the operator."""
