"""What gnomon starts: the simulator, rendering, a sandbox, a browser."""

import shutil
import sys

from gnomon.doctor.check import Check, succeeds

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
RENDER = """
import mujoco
model = mujoco.MjModel.from_xml_string("<mujoco><worldbody><geom size='1'/></worldbody></mujoco>")
with mujoco.Renderer(model, 32, 32) as renderer:
    data = mujoco.MjData(model)
    mujoco.mj_forward(model, data)
    renderer.update_scene(data)
    assert renderer.render().max() > 0
"""


def simulator() -> Check:
    """A task starts and steps, with the simulator that needs most of the system."""
    from importlib.metadata import version

    from gnomon.benchmarks.tasks import make

    environment = make("maze/open-v1")
    environment.reset(seed=0)
    environment.step(environment.action_space.sample())
    environment.close()
    return Check("simulator", "ok", f"MuJoCo {version('mujoco')} steps maze/open-v1")


def rendering() -> Check:
    """In a process of its own: a failing driver may end it."""
    for backend in ("egl", "osmesa"):
        if succeeds([sys.executable, "-c", RENDER], MUJOCO_GL=backend, PYOPENGL_PLATFORM=backend):
            return Check("rendering", "ok", f"off screen with MUJOCO_GL={backend}")
    advice = "Only pictures and videos need it. On Debian: apt-get install libegl1 libgl1 (or libosmesa6)"
    return Check("rendering", "warning", "MuJoCo cannot render off screen, neither with EGL nor with OSMesa", advice)


def sandbox() -> Check:
    """What a submitted policy would be shut into: a user, network and process namespace of its own."""
    command = ["unshare", "--user", "--map-root-user", "--net", "--pid", "--fork", "--mount-proc", "true"]
    if shutil.which("unshare") and succeeds(command):
        return Check("sandbox", "ok", "user, network and process namespaces can be made")
    advice = (
        "Only whoever re-runs submitted policies needs them. Allow user namespaces: sysctl "
        "kernel.unprivileged_userns_clone=1, and kernel.apparmor_restrict_unprivileged_userns=0 on Ubuntu."
    )
    return Check("sandbox", "warning", "namespaces cannot be made", advice)


def chromium() -> Check:
    path = next((path for name in CHROMIUM if (path := shutil.which(name))), None)
    if path:
        return Check("Chromium", "ok", path)
    return Check(
        "Chromium", "warning", "none", "Only the tests of the pages need it. On Debian: apt-get install chromium"
    )
