"""Refusals of the channels context."""

from collections.abc import Iterable

from models.kernel.errors import Conflict, Invalid


class TemplateBroken(Invalid):
    """A template cannot be used as written; says where and what is allowed."""

    def __init__(self, line: int, why: str, *, field: str = "body") -> None:
        where = f"Line {line}: " if field == "body" else "Subject: "
        super().__init__("mail_template.broken", f"{where}{why}", field=field, line=line)


class TemplateUnknown(Invalid):
    """There is no such template or language."""

    def __init__(self, what: str, known: Iterable[str]) -> None:
        super().__init__(
            "mail_template.unknown",
            f"There is no mail template “{what[:40]}”. Known are: {', '.join(known)}.",
            field="template",
        )


class PlaceholderMismatch(Invalid):
    """A caller gave a template other facts than it takes."""

    def __init__(self, template: str, why: str) -> None:
        super().__init__("mail_template.wrong_facts", f"The mail “{template}” cannot be written: {why}")


class RecipientInvalid(Invalid):
    """An address that no mail server would take."""

    def __init__(self, given: str) -> None:
        super().__init__(
            "message.bad_recipient",
            f"“{given[:80]}” is not a mail address. Write it like name@example.com.",
            field="to",
        )


class RecipientMissing(Invalid):
    """Nobody to write to."""

    def __init__(self) -> None:
        super().__init__(
            "message.no_recipient",
            "There is nobody to write to. Give an address, or add a contact to the customer.",
            field="to",
        )


class TooManyRecipients(Invalid):
    """More addresses than one message takes."""

    def __init__(self, limit: int) -> None:
        super().__init__(
            "message.too_many_recipients", f"A mail goes to {limit} addresses at most.", field="to"
        )


class MessageNotResendable(Conflict):
    """It cannot go out again as it stands."""

    def __init__(self, why: str) -> None:
        super().__init__("message.not_resendable", f"This mail is not sent again. {why}")


class TemplateUnchanged(Conflict):
    """Nothing differs from the text in force."""

    def __init__(self) -> None:
        super().__init__(
            "mail_template.unchanged", "This is the text that is in use already. Nothing is left to save."
        )


class NothingToTestWith(Conflict):
    """A test mail is filled in for an invoice, and there is none."""

    def __init__(self) -> None:
        super().__init__(
            "mail_template.no_invoice",
            "A test mail is filled in for an invoice, and you can see none. Issue one first.",
        )


class InvoiceNotSendable(Conflict):
    """The invoice's status keeps it from being sent."""

    def __init__(self, why: str) -> None:
        super().__init__("invoice.not_sendable", why)


class MailChanged(Conflict):
    """The mail that was shown is not the one that would go out now."""

    def __init__(self) -> None:
        super().__init__(
            "message.changed", "The invoice or the template has changed since. Look at the new mail first."
        )
