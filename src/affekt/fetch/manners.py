"""How affekt behaves towards other people's servers, and what it puts up with from them."""

import re
from collections.abc import Mapping
from ipaddress import ip_network
from typing import Annotated, NamedTuple

from pydantic import AfterValidator, BaseModel, Field, field_validator

HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*")


def _is_name(given: str) -> str:
    if not HOST.fullmatch(given):
        raise ValueError(
            f"{given!r} is no name of a host; one such as 'upload.wikimedia.org' is expected, in "
            "small letters, without scheme, port or path"
        )
    return given


HostName = Annotated[str, AfterValidator(_is_name)]


class HostManners(BaseModel, frozen=True, extra="forbid"):
    """What one host, and every host below its name, is asked otherwise than the rest."""

    per_host: int | None = Field(None, ge=1, le=256, description="requests open at a time there")
    per_second: float | None = Field(None, gt=0, description="requests a second at most there")

    def shared_by(self, processes: int) -> "HostManners":
        """Give the part of one of some processes."""
        return HostManners(
            per_host=self.per_host and self.per_host // processes,
            per_second=self.per_second and self.per_second / processes,
        )


class Pace(NamedTuple):
    """How one host is asked: requests open at a time, and requests a second or None for any."""

    places: int
    per_second: float | None


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
    hosts: Mapping[HostName, HostManners] = Field(
        default_factory=dict,
        description=(
            "`per_host` and `per_second` of single hosts, by name; a name stands for all below it, "
            "and the longest one that fits decides"
        ),
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

    def at(self, host: str) -> Pace:
        """Give how a host, by its name and perhaps a port, is asked.

        >>> Manners(hosts={"example.org": HostManners(per_host=2)}).at("img.example.org:443").places
        2
        """
        own = self._own(host) if self.hosts else None
        if own is None:
            return Pace(self.per_host, self.host_per_second)
        return Pace(own.per_host or self.per_host, own.per_second or self.host_per_second)

    def _own(self, host: str) -> HostManners | None:
        name = host if host.endswith("]") else host.partition(":")[0]
        while name:
            if name in self.hosts:
                return self.hosts[name]
            name = name.partition(".")[2]
        return None

    def with_hosts(self, known: Mapping[str, HostManners]) -> "Manners":
        """Give these with what hosts are known to ask of everybody.

        What the plan says of a host goes before that; a gentler `per_host` of the plan stays.
        """
        gentle = {
            name: one.model_copy(update={"per_host": min(one.per_host or 256, self.per_host)})
            for name, one in known.items()
        }
        return self.model_copy(update={"hosts": {**gentle, **self.hosts}})

    def most_processes(self) -> int:
        """Give among how many processes these can be divided, so that each has a place at all."""
        own = (one.per_host or self.per_host for one in self.hosts.values())
        return min(self.at_once, self.per_host, *own)

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
                "hosts": {name: one.shared_by(processes) for name, one in self.hosts.items()},
            }
        )
