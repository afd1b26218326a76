"""The campaign of a new installation: what most companies begin with."""

from models.dunning.rules.campaign import (
    NO_DECLINE,
    Action,
    CampaignEnd,
    CampaignPlan,
    CampaignStep,
    Condition,
    DeclineClass,
    InvoiceEnd,
    Route,
    RouteKind,
    SubscriptionEnd,
)

NAME = "Standard"
REASON = "The campaign of a new installation."
DAY = 24

DECLINED = Condition(classes=(DeclineClass.try_later, DeclineClass.new_method, DeclineClass.stop))
CONFIRM = Condition(classes=(DeclineClass.needs_action,))
SENT = Condition(classes=(NO_DECLINE,))

STANDARD = CampaignPlan(
    steps=(
        CampaignStep(Action.mail, 1, "payment_failed", from_hour=8, until_hour=20, condition=DECLINED),
        CampaignStep(Action.mail, 1, "action_needed", from_hour=8, until_hour=20, condition=CONFIRM),
        CampaignStep(Action.mail, 1, "payment_reminder", from_hour=8, until_hour=20, condition=SENT),
        CampaignStep(Action.charge, 2 * DAY, from_hour=7, until_hour=10),
        CampaignStep(Action.charge, 5 * DAY, from_hour=7, until_hour=10),
        CampaignStep(Action.mail, 6 * DAY, "payment_failed", condition=DECLINED),
        CampaignStep(Action.mail, 6 * DAY, "action_needed", condition=CONFIRM),
        CampaignStep(Action.mail, 7 * DAY, "payment_reminder", skips_weekends=True, condition=SENT),
        CampaignStep(Action.charge, 9 * DAY, from_hour=7, until_hour=10),
        CampaignStep(Action.task, 14 * DAY, skips_weekends=True),
        CampaignStep(Action.charge, 16 * DAY, from_hour=7, until_hour=10),
        CampaignStep(Action.mail, 20 * DAY, "payment_reminder", skips_weekends=True),
        CampaignStep(Action.suspend, 27 * DAY, skips_weekends=True),
        CampaignStep(Action.mail, 27 * DAY + 1, "suspension"),
    ),
    routes={
        DeclineClass.try_later: Route(RouteKind.retry),
        DeclineClass.new_method: Route(RouteKind.ask),
        DeclineClass.needs_action: Route(RouteKind.ask),
        DeclineClass.stop: Route(RouteKind.person),
    },
    end=CampaignEnd(40, SubscriptionEnd.keep, InvoiceEnd.leave),
    budget=4,
)
