"""Whether the server can do its work: what `/healthz` tells a load balancer, and the doctor its keeper."""

import time
from shutil import disk_usage

from sqlalchemy import and_, select

from gnomon.leaderboard.server.database import is_reachable, reading
from gnomon.leaderboard.server.service import Service
from gnomon.leaderboard.server.tables import Job

PATIENCE = 300.0  # seconds that a job whose turn it is may wait while no worker has any


def health(service: Service) -> dict[str, bool]:
    """Each thing that is needed, and whether it is there; `worker` is the only one without which uploads are taken."""
    has_database = is_reachable(service.engine)
    return {
        "database": has_database,
        "disk": disk_usage(service.settings.inbox).free > service.settings.free_space,
        "worker": has_database and _is_worked(service),
    }


def _is_worked(service: Service) -> bool:
    """Whether a worker has a job, or none has waited for long."""
    now = time.time()
    is_running = and_(Job.state == "running", Job.lease_until >= now)
    is_late = and_(Job.state == "queued", Job.created < now - PATIENCE, Job.not_before < now - PATIENCE)
    with reading(service.engine) as session:
        is_worked = session.scalars(select(Job.number).where(is_running).limit(1)).first() is not None
        return is_worked or session.scalars(select(Job.number).where(is_late).limit(1)).first() is None
