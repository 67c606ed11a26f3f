"""Ends of plans: what a line needs behind the steps that a test is about."""

UNTIL_RELEASE = """
[sample]
per_emotion = 5

[verify]
crowd = "simulated"

[decide]
rule = "majority"

[release]
name = "never-made"
"""
