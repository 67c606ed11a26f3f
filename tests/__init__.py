"""Tests of affekt."""
