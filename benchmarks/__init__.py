"""What affekt takes, measured, beside what others take."""
