"""The only room that opens a connection: politely, within limits, to public addresses only."""
