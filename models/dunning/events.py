"""Events of dunning; their subject is the invoice that is chased, so that they stand on its timeline."""

from models.kernel.events import declare

_CASE = ("case_id", "status", "campaign", "version", "amount_minor", "currency", "next_at", "next_action")

CAMPAIGN_ARCHIVED = declare("campaign.archived", "archived the campaign", "status")
CAMPAIGN_ASSIGNED = declare("campaign.assigned", "changed whom the campaign is for", "assignments")
CAMPAIGN_SAVED = declare("campaign.saved", "saved a version of the campaign", "version", "definition")
CAMPAIGN_UNARCHIVED = declare("campaign.unarchived", "took the campaign into use again", "status")
CASE_ENDED = declare("dunning_case.ended", "ended the chase", *_CASE, "closed_why")
CASE_MOVED = declare("dunning_case.moved", "moved the case to another version", *_CASE)
CASE_OPENED = declare("dunning_case.opened", "began to chase the invoice", *_CASE, "chosen_why")
CASE_OWNED = declare("dunning_case.owned", "gave the case to somebody", "case_id", "owner")
CASE_PAUSED = declare("dunning_case.paused", "paused the chase", *_CASE)
CASE_PROMISED = declare(
    "dunning_case.promised", "noted a promise to pay", *_CASE, "promise_on", "promise_minor"
)
CASE_RECOVERED = declare(
    "dunning_case.recovered", "recovered the money", *_CASE, "recovered_minor", "recovered_by"
)
CASE_RESCHEDULED = declare("dunning_case.rescheduled", "moved the next step", *_CASE)
CASE_RESUMED = declare("dunning_case.resumed", "resumed the chase", *_CASE)
CASE_STOPPED = declare("dunning_case.stopped", "stopped the chase", *_CASE, "closed_why")
CASE_WAITING = declare("dunning_case.person_called", "asked a person to look", "case_id", "person_why")
STEP_TAKEN = declare(
    "dunning_step.taken",
    "took a step of the campaign",
    "case_id",
    "step",
    "action",
    "outcome",
    "sentence",
    "charge_id",
    "message_id",
)
