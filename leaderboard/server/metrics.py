"""What Prometheus reads at `/metrics` (its text format, version 0.0.4)."""

import time

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from sqlalchemy import func, select
from starlette.types import Scope

from gnomon.leaderboard.server.database import reading
from gnomon.leaderboard.server.service import Service
from gnomon.leaderboard.server.tables import Complaint, Job, Submitted

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """Counts requests as they come; what the database knows is asked when it is wanted."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        words = ["method", "route", "status"]
        self.requests = Counter("gnomon_requests", "Requests answered.", words, registry=self.registry)
        self.seconds = Histogram(
            "gnomon_request_seconds", "Until the answer was sent.", ["route"], registry=self.registry, buckets=SECONDS
        )
        self.jobs = Gauge("gnomon_jobs", "Jobs by state.", ["state"], registry=self.registry)
        self.waiting = Gauge("gnomon_job_wait_seconds", "Age of the oldest queued job.", registry=self.registry)
        self.submissions = Gauge("gnomon_submissions", "By state.", ["state"], registry=self.registry)
        self.complaints = Gauge("gnomon_open_complaints", "That wait for a decision.", registry=self.registry)

    def count(self, scope: Scope, status: int, seconds: float) -> None:
        """A request was answered. Files of the site are one route, so that paths do not become series."""
        route = getattr(scope.get("route"), "path", "") or "site"
        method = scope["method"] if scope["method"] in ("GET", "HEAD", "POST", "DELETE") else "other"
        self.requests.labels(method, route, str(status)).inc()
        self.seconds.labels(route).observe(seconds)

    def text(self, service: Service) -> bytes:
        """Everything, as it is now."""
        with reading(service.engine) as session:
            jobs = session.execute(select(Job.state, func.count()).group_by(Job.state)).all()
            submitted = session.execute(select(Submitted.state, func.count()).group_by(Submitted.state)).all()
            oldest = session.scalar(select(func.min(Job.created)).where(Job.state == "queued"))
            undecided = session.scalar(select(func.count()).select_from(Complaint).where(Complaint.decision == ""))
        for gauge, counts in ((self.jobs, jobs), (self.submissions, submitted)):
            gauge.clear()  # a state that nothing is in any more
            for state, count in counts:
                gauge.labels(state).set(count)
        self.waiting.set(time.time() - oldest if oldest else 0)
        self.complaints.set(undecided or 0)
        return generate_latest(self.registry)
