"""The store: ports and subscriptions, verified digests, and the journal of jobs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Self

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import IntegrityError, OperationalError, SQLAlchemyError

from automation.counters import Day, Extras, Rates, Sample
from automation.errors import PortvaktError, StoreFailed, UsageError
from automation.model import (
    Change,
    Claim,
    DeviceResult,
    Finding,
    JobRow,
    Owner,
    Plan,
    Port,
    Rejected,
    Subscription,
    TurnedDown,
    Verified,
)
from automation.store import claims, digests, findings, journal, polls, refusals, rows
from automation.store.engine import engine_for, reading, writing
from automation.store.migrating import migrate
from automation.store.polls import Cycle
from automation.store.refusals import RefusalKey


class Store:
    """What changes by the hour. Safe to use from many threads; one transaction a method.

    Every method raises StoreFailed when the database fails, and UsageError when it refuses
    what it was given; what was stored before stays as it was.
    """

    def __init__(self, engine: Engine) -> None:
        """Use `Store.open`."""
        self._engine = engine
        self._reading = reading(engine)
        self._writing = writing(engine)
        # SQLite has one writer: threads of this process queue here, in order and without the
        # sleeps of its busy handler; other processes are waited for by busy_timeout.
        self._turn = Lock() if engine.dialect.name == "sqlite" else None

    @classmethod
    def open(cls, url: str, base: Path | None = None) -> Self:
        """Open the store at `url` and bring its tables to the newest form.

        Args:
            url: `sqlite:///FILE` (created with mode 0600), or `postgresql+psycopg://…`.
            base: the folder that a relative SQLite path is looked up in.

        Raises:
            UsageError: the URL, the driver or the file cannot be used.
            StoreFailed: the server is down, the file is locked or the disk full.
        """
        engine = engine_for(url, base)
        try:
            migrate(engine)
        except SQLAlchemyError as error:
            shown = engine.url.render_as_string(hide_password=True)
            engine.dispose()
            kind = StoreFailed if isinstance(error, OperationalError) else UsageError
            raise kind(f"store {shown} cannot be opened: {_said(error)}") from error
        except PortvaktError:
            engine.dispose()
            raise
        return cls(engine)

    def close(self) -> None:
        """Let go of every connection."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @contextmanager
    def _read(self) -> Iterator[Connection]:
        try:
            with _named_errors(), self._reading.begin() as connection:
                yield connection
        except ValueError as error:  # a damaged row, or one of a version to come
            raise StoreFailed(f"the store holds what cannot be read: {error}") from error

    @contextmanager
    def _write(self) -> Iterator[Connection]:
        with _named_errors():
            if self._turn is None:
                with self._writing.begin() as connection:
                    yield connection
            else:
                with self._turn, self._writing.begin() as connection:
                    yield connection

    def ports(self, devices: Collection[str] | None = None) -> tuple[Port, ...]:
        """Return the rows of `devices`, or of all, by device and then as people count ports."""
        with self._read() as connection:
            return rows.ports(connection, devices)

    def subscriptions(
        self,
        *,
        outlets: Collection[str] | None = None,
        devices: Collection[str] | None = None,
    ) -> tuple[Subscription, ...]:
        """Return the subscriptions of `outlets`, of the outlets on `devices`, or of all."""
        with self._read() as connection:
            return rows.subscriptions(connection, outlets, devices)

    def write_ports(self, ports: Iterable[Port], subscriptions: Iterable[Subscription]) -> None:
        """Replace these ports and the subscriptions of the outlets they had and get.

        All or nothing. Other ports stay as they are.

        Raises:
            UsageError: an outlet would stand on two ports, or a service twice on an outlet.
        """
        with self._write() as connection:
            rows.write(connection, tuple(ports), tuple(subscriptions))

    def remove_ports(self, ports: Iterable[Port], subscriptions: Iterable[Subscription]) -> None:
        """Delete these ports, the subscriptions of their outlets, and their devices' digests.

        All or nothing, and only what the caller has seen: `subscriptions` are those that he takes
        the outlets to have. The journal keeps what was done to the devices.

        Raises:
            UsageError: a row is not, or no longer, as given; nothing was deleted.
        """
        gone, services = set(ports), set(subscriptions)
        devices, outlets = {one.device for one in gone}, {one.outlet for one in gone if one.outlet}
        with self._write() as connection:
            here = set(rows.ports(connection, devices))
            if gone - here or set(rows.subscriptions(connection, outlets, None)) != services:
                raise UsageError("rows have changed meanwhile; nothing was removed: look again")
            rows.remove(connection, tuple(gone))
            digests.forget(connection, devices)

    def verified(self, devices: Collection[str] | None = None) -> Mapping[str, Verified]:
        """Return the last full comparison that was in sync, by device."""
        with self._read() as connection:
            return digests.verified(connection, devices)

    def record_verified(self, verified: Iterable[Verified]) -> None:
        """Keep these comparisons, each instead of its device's former one."""
        with self._write() as connection:
            digests.record_verified(connection, tuple(verified))

    def secrets(self, devices: Collection[str] | None = None) -> Mapping[str, Mapping[str, str]]:
        """Return the digests of the secret texts last verified, by device and line."""
        with self._read() as connection:
            return digests.secrets(connection, devices)

    def record_secrets(self, device: str, secrets: Mapping[str, str]) -> None:
        """Keep these digests of `device` instead of its former ones."""
        with self._write() as connection:
            digests.record_secrets(connection, device, secrets)

    def samples(self, devices: Collection[str] | None = None) -> Mapping[str, Sample]:
        """Return what was last counted on `devices`, or on all, by device."""
        with self._read() as connection:
            return polls.samples(connection, devices)

    def record_cycle(self, cycle: Cycle) -> None:
        """Keep what a cycle counted; all of it or none."""
        with self._write() as connection:
            polls.record_samples(connection, cycle.samples, cycle.before)
            polls.record_rates(connection, cycle.rates, cycle.interval)
            polls.record_extras(connection, cycle.extras)

    def rates(self, sample: Sample, since: float) -> tuple[Rates, ...]:
        """Return the kept rates of a device from `since` (Unix time) on, oldest first.

        Those of ports that were numbered otherwise than in `sample` are left out.
        """
        with self._read() as connection:
            return polls.history(connection, sample, since)

    def last_rates(self, samples: Mapping[str, Sample]) -> Mapping[str, Rates]:
        """Return the rates that came with each of `samples`, by device."""
        with self._read() as connection:
            return polls.last_rates(connection, samples)

    def extras(self, devices: Collection[str] | None = None) -> Mapping[str, Extras]:
        """Return the last light, power and neighbours of `devices`, or of all, by device."""
        with self._read() as connection:
            return polls.extras(connection, devices)

    def days(self, since: str, devices: Collection[str] | None = None) -> tuple[Day, ...]:
        """Return the daily totals of `devices`, or of all, from the day `since` on."""
        with self._read() as connection:
            return polls.days(connection, devices, since)

    def findings(self, since: float | None = None) -> tuple[Finding, ...]:
        """Return the open findings and those that changed from `since` on (Unix time), or all."""
        with self._read() as connection:
            return findings.findings(connection, since)

    def rejected(self) -> tuple[Rejected, ...]:
        """Return the datagrams that were not believed, by source and reason, most often first."""
        with self._read() as connection:
            return findings.rejected(connection)

    def record_heard(
        self, found: Iterable[Finding], rejected: Iterable[Rejected], oldest: float
    ) -> None:
        """Keep findings, each instead of what was known of it, and add up what was rejected.

        All of it or none. What was over before `oldest` (Unix time) is let go.
        """
        with self._write() as connection:
            findings.record_findings(connection, tuple(found), oldest)
            findings.record_rejected(connection, tuple(rejected), oldest)

    def record_days(self, days: Sequence[Day], oldest: str) -> None:
        """Keep `days` instead of what was known of them; let go of days before `oldest`."""
        with self._write() as connection:
            polls.record_days(connection, days, oldest)

    def forget_polls(self, known: Collection[str], unread_since: float) -> None:
        """Let go of what was counted on devices that are not `known` and not read since a time,
        and of refusals that are older.
        """
        with self._write() as connection:
            polls.forget(connection, known, unread_since)
            refusals.forget(connection, unread_since)

    def refusals(self) -> Mapping[RefusalKey, TurnedDown]:
        """Return how devices turned SNMP logins down that they have not let in since."""
        with self._read() as connection:
            return refusals.refusals(connection)

    def record_refusals(self, found: Mapping[RefusalKey, TurnedDown | None]) -> None:
        """Keep each of `found` instead of what was known of it; None: the login was let in."""
        with self._write() as connection:
            refusals.record_refusals(connection, found)

    def begin_job(self, plan: Plan, owner: Owner, at: str | None = None) -> int:
        """Note that `owner` applies `plan` from `at` (ISO 8601, now without it); return the job."""
        with self._write() as connection:
            return journal.begin_job(connection, plan, owner, at)

    def has_open(self, owner: Owner) -> bool:
        """Whether a job of the owner's workspace is on record as neither over nor lost."""
        with self._read() as connection:
            return bool(journal.open_jobs(connection, owner))

    def find_lost(self, owner: Owner, at: str | None = None) -> tuple[JobRow, ...]:
        """Note that the open jobs of the owner's workspace are lost, and return them.

        Only for who holds the workspace's lock: then no process that wrote one of them lives.
        Devices that were being written to end `unknown`.
        """
        if not self.has_open(owner):
            return ()
        with self._write() as connection:
            return journal.find_lost(connection, owner, at)

    def claim(
        self, job: int, devices: Collection[str], until: datetime, now: datetime | None = None
    ) -> Mapping[str, Claim]:
        """Claim `devices` for `job` before they are touched; return those that another job holds.

        A claim ends with `release`, with its job, or at `until`: then nobody is at work any more.
        """
        with self._write() as connection:
            return claims.take(connection, job, devices, now or datetime.now(UTC), until)

    def release(self, job: int, devices: Collection[str]) -> None:
        """Let go of what `job` holds of `devices`."""
        with self._write() as connection:
            claims.release(connection, job, devices)

    def begin_device(self, job: int, change: Change, at: str | None = None) -> None:
        """Write down the change before its first configuration line is sent."""
        with self._write() as connection:
            journal.begin_device(connection, job, change, at)

    def end_device(self, job: int, result: DeviceResult, at: str | None = None) -> None:
        """Write down how a device ended, also one that was never begun."""
        with self._write() as connection:
            journal.end_device(connection, job, result, at)

    def end_devices(self, job: int, results: Iterable[DeviceResult], at: str | None = None) -> None:
        """Write down how several devices ended, all of them or none."""
        with self._write() as connection:
            for result in results:
                journal.end_device(connection, job, result, at)

    def unsaved(self, devices: Collection[str]) -> frozenset[str]:
        """Return those of `devices` whose last change was begun and never saved."""
        with self._read() as connection:
            return journal.unsaved(connection, devices)

    def end_job(self, job: int, at: str | None = None) -> None:
        """Note that the job is over."""
        with self._write() as connection:
            journal.end_job(connection, job, at)

    def jobs(self, limit: int = 20) -> tuple[JobRow, ...]:
        """Return the last `limit` jobs, newest first, with counts but without their devices."""
        with self._read() as connection:
            return journal.jobs(connection, limit)

    def job(self, job: int) -> JobRow:
        """Return one job with its devices.

        Raises:
            UsageError: there is no such job.
        """
        with self._read() as connection:
            return journal.job(connection, job)


@contextmanager
def _named_errors() -> Iterator[None]:
    """Turn the database's errors into ours, in one line and without parameters."""
    try:
        yield
    except IntegrityError as error:
        raise UsageError(f"the store refused rows: {_said(error)}") from error
    except SQLAlchemyError as error:
        raise StoreFailed(f"the store failed: {_said(error)}") from error


def _said(error: SQLAlchemyError) -> str:
    """Return the database's own first line, without the statement and its values."""
    own = getattr(error, "orig", None) or error
    return str(own).strip().partition("\n")[0]
