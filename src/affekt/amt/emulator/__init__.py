"""A marketplace on this machine that speaks the wire of Mechanical Turk and keeps its rules.

`market` is its state, `operations` what a requester can do, `work` what a worker can, `people` who
the workers are, `server` the wire. Nothing of it reaches beyond loopback.
"""
