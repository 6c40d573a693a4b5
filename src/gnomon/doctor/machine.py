"""Cores, memory, disk, GPU, and how exactly matrices are multiplied."""

import os
import shutil
from pathlib import Path

from gnomon.doctor.check import Check
from gnomon.engines.local import THREADS

GIB = 2**30
LEAST_MEMORY, MUCH_MEMORY = 1 * GIB, 4 * GIB
LEAST_DISK, MUCH_DISK = 1 * GIB, 10 * GIB


def cores() -> Check:
    usable, load = len(os.sched_getaffinity(0)), os.getloadavg()[0]
    found = f"{usable} usable of {os.cpu_count()}, load {load:.1f}"
    if load > 1.5 * usable:
        return Check("cores", "warning", found, "Other programs use the cores: training takes longer than estimated.")
    return Check("cores", "ok", found)


def threads() -> Check:
    """Worker processes set one thread each themselves; a large number set by hand slows the rest."""
    cores = len(os.sched_getaffinity(0))
    given = {name: os.environ[name] for name in THREADS if os.environ.get(name)}
    found = ", ".join(f"{name}={value}" for name, value in given.items()) or "not set by hand"
    if any(not value.isdecimal() or int(value) > cores for value in given.values()):
        return Check("threads", "warning", found, f"Unset them, or set a number up to {cores}.")
    return Check("threads", "ok", found)


def memory() -> Check:
    facts = dict(line.split(":") for line in Path("/proc/meminfo").read_text().splitlines())
    free = int(facts["MemAvailable"].split()[0]) * 1024
    limit = Path("/sys/fs/cgroup/memory.max")
    if limit.is_file() and limit.read_text().strip().isdecimal():
        used = int(Path("/sys/fs/cgroup/memory.current").read_text())
        free = min(free, max(int(limit.read_text()) - used, 0))
    advice = "Close other programs, or use fewer --workers: a worker needs up to half a GiB."
    return _amount("memory", free, f"{free / GIB:.1f} GiB free", LEAST_MEMORY, MUCH_MEMORY, advice)


def disk() -> Check:
    from gnomon.files import home

    folder = next(one for one in (home().absolute(), *home().absolute().parents) if one.exists())
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        return Check("disk", "problem", f"{home()} cannot be written", "Set GNOMON_HOME to a folder of yours.")
    free = shutil.disk_usage(folder).free
    advice = "Free some space, or set GNOMON_HOME to another disk."
    return _amount("disk", free, f"{free / GIB:.1f} GiB free for {home()}", LEAST_DISK, MUCH_DISK, advice)


def _amount(name: str, free: int, found: str, least: int, much: int, advice: str) -> Check:
    if free >= much:
        return Check(name, "ok", found)
    return Check(name, "problem" if free < least else "warning", found, advice)


def gpu() -> Check:
    import torch

    if torch.cuda.is_available():
        properties = torch.cuda.get_device_properties(0)
        return Check(
            "GPU", "ok", f"{properties.name}, {properties.total_memory / GIB:.0f} GiB, CUDA {torch.version.cuda}"
        )
    if shutil.which("nvidia-smi") or Path("/dev/nvidia0").exists():
        found = f"a GPU, but PyTorch {torch.__version__} cannot use it"
        return Check(
            "GPU", "warning", found, "Install the CUDA build of PyTorch, and a driver that is new enough for it."
        )
    return Check("GPU", "ok", "none: training runs on the processor")


def matrix_products() -> Check:
    """Wrong products would be wrong results: the back end must have the accuracy of float32."""
    import torch

    from gnomon.baselines.engine.matmul import LARGEST_ERROR, best_backend, relative_error

    chosen = best_backend()
    error, capability = relative_error(chosen), torch.backends.cpu.get_cpu_capability()
    found = f"{chosen} on {capability}, relative error {error:.1e}"
    if error >= LARGEST_ERROR:
        return Check(
            "matrix products", "problem", found, "PyTorch rounds float32 here: unset what allows bfloat16 or TF32."
        )
    return Check("matrix products", "ok", found)
