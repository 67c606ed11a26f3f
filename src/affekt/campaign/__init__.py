"""A campaign while people answer: each verb is one function and one transaction.

`affekt.campaign.settings` says how people are asked, `affekt.campaign.live` opens a campaign;
claim, answer and submit are a worker's way through it, review and pay a researcher's.
"""
