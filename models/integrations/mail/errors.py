"""What a mail server's answers mean to us."""

from models.kernel.errors import Invalid, Unavailable


class MailRefused(Invalid):
    """The server will not take this mail, now or later (SMTP 5xx); `answer` is what it said."""

    def __init__(self, answer: str) -> None:
        super().__init__(
            "mail.refused",
            f"The mail server refused the mail: {answer} Correct the address or the text, then send it again.",
            answer=answer,
        )
        self.answer = answer


class MailUnavailable(Unavailable):
    """The server cannot take it now (SMTP 4xx, no connection, no answer in time); trying later may work.

    `is_unknown` where the connection broke after the mail was handed over: the server may have taken it.
    """

    def __init__(self, answer: str, *, is_unknown: bool = False) -> None:
        super().__init__(
            "mail.unavailable", f"The mail server did not take the mail: {answer}", answer=answer
        )
        self.answer = answer
        self.is_unknown = is_unknown


class MailMisconfigured(Unavailable):
    """The settings name no usable server; what is set must be corrected first."""

    def __init__(self, why: str) -> None:
        super().__init__("mail.misconfigured", f"{why} docs/settings.md says what it takes.")
