"""Publish: one whole set of verdicts at a time, and one mail for each responsible unit whose lights changed.

`publish_set` writes set, changes and rendered mails in one transaction; `send_pending` hands the mails to the mail
server, at most once each.
"""

from etl.publish.sending import MailCounts, send_pending
from etl.publish.sets import Published, publish_set

__all__ = ["MailCounts", "Published", "publish_set", "send_pending"]
