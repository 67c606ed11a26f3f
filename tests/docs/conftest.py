"""What the tests of pages share with those of commands."""

from tests.cli.conftest import affekt as affekt
