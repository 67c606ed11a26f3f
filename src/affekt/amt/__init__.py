"""Amazon Mechanical Turk: its documents, its wire, and a loopback server that speaks both.

The service closed on 30 September 2026. What is here was only ever held against the emulator and
against the shapes that boto3 ships.
"""
