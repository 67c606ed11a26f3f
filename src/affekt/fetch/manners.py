"""How affekt behaves towards other people's servers, and what it puts up with from them."""

from ipaddress import ip_network

from pydantic import BaseModel, Field, field_validator


class Manners(BaseModel, frozen=True, extra="forbid"):
    """The section [fetch] of a plan; none of it changes what a picture is."""

    contact: str | None = Field(
        None,
        min_length=5,
        max_length=200,
        pattern=r"^[\x21-\x7e]+$",
        description="mail or web address that servers can complain to; needed to ask any of them",
    )
    at_once: int = Field(64, ge=1, le=1024, description="requests open at a time")
    per_host: int = Field(8, ge=1, le=256, description="requests open at a time at one host")
    per_second: float | None = Field(
        None, gt=0, description="requests a second at most, all hosts together"
    )
    host_per_second: float | None = Field(
        None, gt=0, description="requests a second at most at one host"
    )
    connect_seconds: float = Field(10.0, gt=0, description="time for a connection to stand, s")
    answer_seconds: float = Field(15.0, gt=0, description="time for the first byte to come, s")
    total_seconds: float = Field(30.0, gt=0, description="time for one whole answer, s")
    least_bytes_per_second: float = Field(
        1000.0, ge=0, description="an answer slower than this, after 5 s, is given up"
    )
    tries: int = Field(4, ge=1, le=10, description="requests for one picture that can still heal")
    pause_seconds: float = Field(
        0.5, gt=0, le=60, description="wait before a failed request is made again, s; doubles"
    )
    wait_seconds: float = Field(
        120.0, ge=0, description="longest wait that a server may ask for, s; beyond, later or never"
    )
    redirects: int = Field(5, ge=0, le=10, description="redirects followed")
    give_up_after: int = Field(
        20, ge=1, description="failures in a row after which a host is left alone until the end"
    )
    allowed_networks: tuple[str, ...] = Field(
        (), description="networks of your own that may be asked besides the public ones"
    )

    @field_validator("allowed_networks")
    @classmethod
    def _are_networks(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        for one in given:
            ip_network(one)
        return given

    def most_processes(self) -> int:
        """Give among how many processes these can be divided, so that each has a place at all."""
        return min(self.at_once, self.per_host)

    def shared_by(self, processes: int) -> "Manners":
        """Give the manners of each of some processes, at most so many, that cannot hear each other.

        Together they behave like this, wherever they run.
        """
        return self.model_copy(
            update={
                "at_once": self.at_once // processes,
                "per_host": self.per_host // processes,
                "per_second": self.per_second and self.per_second / processes,
                "host_per_second": self.host_per_second and self.host_per_second / processes,
            }
        )
