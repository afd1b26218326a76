"""The payment page's words, in the customer's language."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PayWords:
    """Everything the page says; `{number}` is the invoice's."""

    title: str
    pay: str
    paid: str
    void: str
    under_way: str
    add: str
    add_why: str
    thanks: str
    back: str
    unavailable: str


_WORDS: Mapping[str, PayWords] = {
    "en": PayWords(
        "Invoice {number}",
        "Pay now",
        "This invoice is paid. Nothing is left to do.",
        "This invoice is no longer due. Nothing is left to do.",
        "This invoice is being collected already. We will write to you when that is done.",
        "Add a payment method",
        "Future invoices will be charged to it. You can change or remove it at any time.",
        "Thank you. We will confirm by mail as soon as the bank has answered.",
        "You can close this page.",
        "Paying is not possible at the moment. Please try again in a few minutes.",
    ),
    "de": PayWords(
        "Rechnung {number}",
        "Jetzt bezahlen",
        "Diese Rechnung ist bezahlt. Es ist nichts mehr zu tun.",
        "Diese Rechnung ist nicht mehr fällig. Es ist nichts mehr zu tun.",
        "Diese Rechnung wird bereits eingezogen. Wir schreiben Ihnen, sobald das erledigt ist.",
        "Zahlungsmittel hinzufügen",
        "Künftige Rechnungen werden damit beglichen. Sie können es jederzeit ändern oder entfernen.",
        "Vielen Dank. Wir bestätigen per E-Mail, sobald die Bank geantwortet hat.",
        "Sie können diese Seite schließen.",
        "Die Zahlung ist im Moment nicht möglich. Bitte versuchen Sie es in einigen Minuten erneut.",
    ),
    "fr": PayWords(
        "Facture {number}",
        "Payer maintenant",
        "Cette facture est payée. Vous n’avez plus rien à faire.",
        "Cette facture n’est plus due. Vous n’avez plus rien à faire.",
        "Cette facture est déjà en cours d’encaissement. Nous vous écrirons dès que ce sera terminé.",
        "Ajouter un moyen de paiement",
        "Les prochaines factures y seront prélevées. Vous pouvez le changer ou le supprimer à tout moment.",
        "Merci. Nous confirmerons par e-mail dès que la banque aura répondu.",
        "Vous pouvez fermer cette page.",
        "Le paiement n’est pas possible pour le moment. Veuillez réessayer dans quelques minutes.",
    ),
    "es": PayWords(
        "Factura {number}",
        "Pagar ahora",
        "Esta factura está pagada. No queda nada por hacer.",
        "Esta factura ya no está pendiente. No queda nada por hacer.",
        "Esta factura ya se está cobrando. Le escribiremos cuando haya terminado.",
        "Añadir un método de pago",
        "Las próximas facturas se cargarán en él. Puede cambiarlo o eliminarlo en cualquier momento.",
        "Gracias. Confirmaremos por correo en cuanto responda el banco.",
        "Puede cerrar esta página.",
        "El pago no es posible en este momento. Inténtelo de nuevo en unos minutos.",
    ),
    "ja": PayWords(
        "請求書 {number}",
        "今すぐ支払う",
        "この請求書は支払い済みです。お手続きは必要ありません。",
        "この請求書のお支払いは不要になりました。お手続きは必要ありません。",
        "この請求書はすでに処理中です。完了しましたらメールでお知らせします。",
        "支払い方法を追加する",
        "今後の請求はこの方法で行われます。いつでも変更または削除できます。",
        "ありがとうございます。銀行からの回答があり次第、メールで確認いたします。",
        "このページを閉じていただけます。",
        "現在お支払いいただけません。数分後にもう一度お試しください。",
    ),
}


def words_for(locale: str) -> tuple[str, PayWords]:
    """The language's code and words; English where we have none of it."""
    language = locale.partition("_")[0]
    return (language, _WORDS[language]) if language in _WORDS else ("en", _WORDS["en"])
