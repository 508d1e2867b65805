"""Random and hostile requests: each has an answer, and none of them is an error of the server."""

import os

from explorer.flood import flood


def test_random_and_hostile_requests_are_answered_below_500(client, study):
    outcome = flood(client, list(study.ids), rate=40, seconds=3, pid=os.getpid())
    assert outcome.failures == []
    assert sum(outcome.statuses.values()) == 120
    assert max(outcome.statuses) < 500, outcome.statuses
    assert set(outcome.good_statuses) == {200}
