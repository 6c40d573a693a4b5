"""Control as it is outside the laboratory: delays, hidden influences, cautious data, limits that must hold.

Seven tasks after NeoRL-2 (arXiv 2503.19267), written anew from its equations with the faults of the original avoided;
shifted variants of them; and a delayed and a velocity-masked variant of Gymnasium's hopper and half-cheetah.
Observations, units and rewards stand with each simulator in `benchmarks/simulators/`. The names and scores are
gnomon's own: no value here belongs in one column with a published one.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from gnomon.benchmarks.contracts import ControlTask
from gnomon.benchmarks.tasks import TASKS

if TYPE_CHECKING:
    import gymnasium

    Environment = gymnasium.Env[Any, Any]

ORIGIN = "gao2025neorl2"
MUJOCO = ("towers2024gymnasium", "todorov2012mujoco")
HOPPER_DELAY, CHEETAH_DELAY = 3, 2  # steps; 24 ms and 100 ms


def _pipeline(length: int, render_mode: str | None) -> "Environment":
    from gnomon.benchmarks.simulators.batch import Single
    from gnomon.benchmarks.simulators.pipeline import Pipeline

    return Single(Pipeline(length=length), render_mode)


def _glucose(patients: tuple[int, ...], render_mode: str | None) -> "Environment":
    from gnomon.benchmarks.simulators.batch import Single
    from gnomon.benchmarks.simulators.glucose import Glucose

    return Single(Glucose(patients), render_mode)


def _spring(mass: float, render_mode: str | None) -> "Environment":
    from gnomon.benchmarks.simulators.batch import Single
    from gnomon.benchmarks.simulators.spring import Spring

    return Single(Spring(mass), render_mode)


def _fusion(offset: float, render_mode: str | None) -> "Environment":
    from gnomon.benchmarks.simulators.batch import Single
    from gnomon.benchmarks.simulators.fusion_surrogate import FusionSurrogate

    return Single(FusionSurrogate(offset), render_mode)


def _rocket(wind: float, render_mode: str | None) -> "Environment":
    from gnomon.benchmarks.simulators.rocket import Rocket

    return Rocket(wind, render_mode)


def _friction_hopper(friction: tuple[float, float], changes: Any, render_mode: str | None) -> "Environment":
    from gnomon.benchmarks.simulators.friction_hopper import FrictionHopper

    return FrictionHopper(friction, changes, render_mode)


def _safe_cheetah(render_mode: str | None) -> "Environment":
    from gnomon.benchmarks.simulators.safe_cheetah import SafeCheetah

    return SafeCheetah(render_mode)


def _delayed(name: str, delay: int, render_mode: str | None) -> "Environment":
    """Actions act `delay` steps later; those that wait are observed, so that the state is whole."""
    from gnomon.benchmarks.wrappers import Delay, History

    return History(Delay(_locomotion(name, render_mode), actions=delay), actions=delay)


def _masked(name: str, positions: int, render_mode: str | None) -> "Environment":
    from gnomon.benchmarks.wrappers import Mask

    return Mask(_locomotion(name, render_mode), range(positions))


def _locomotion(name: str, render_mode: str | None) -> "Environment":
    from gymnasium.envs.mujoco.half_cheetah_v5 import HalfCheetahEnv
    from gymnasium.envs.mujoco.hopper_v5 import HopperEnv

    return {"hopper": HopperEnv, "halfcheetah": HalfCheetahEnv}[name](render_mode=render_mode)


PIPELINE = {"flow": slice(0, 1), "target": slice(1, 2), "past flow": slice(2, 27), "past actions": slice(27, 52)}
ROCKET = {"position": slice(0, 2), "velocity": slice(2, 4), "angle": slice(4, 6), "wind": slice(6, 7)}
SPRING = {"positions": slice(0, 2), "velocities": slice(2, 4), "targets": slice(4, 6)}
FUSION = {"controls": slice(0, 6), "plasma": slice(6, 9), "targets": slice(9, 12), "heating": slice(12, 15)}
GLUCOSE = {"glucose": slice(0, 1), "patient": slice(1, 27)}
FRICTION = {"height": slice(0, 1), "angles": slice(1, 5), "velocities": slice(5, 11), "speed": slice(11, 12)}
FRICTION_HOPPER = FRICTION | {"friction": slice(12, 13)}
CHEETAH = {"posture": slice(0, 8), "velocities": slice(8, 17)}
HOPPER = {"posture": slice(0, 5), "velocities": slice(5, 11)}


def _add(
    name: str,
    summary: str,
    horizon: int,
    expert: str,
    observation: Mapping[str, slice],
    simulator: "Callable[[str | None], Environment]",
    cites: tuple[str, ...] = (ORIGIN,),
    has_limit: bool = False,
) -> None:
    task = ControlTask(
        id=f"nearreal/{name}-v1",
        summary=summary,
        horizon=horizon,
        metric="return",
        expert=f"nearreal/{expert}",
        observation=observation,
        cites=cites,
        has_limit=has_limit,
        simulator=simulator,
    )
    TASKS.add(task.id, task)


for _name, _length, _note in (("pipeline", 100, ""), ("pipeline-long", 150, ", in a pipe half as long again")):
    _add(
        _name,
        f"Set the flow at the far end of a pipe, where it arrives many steps later{_note}.",
        1000,
        "gate-keeper",
        PIPELINE,
        partial(_pipeline, _length),
    )

for _name, _patients, _note in (
    ("glucose", (1, 2, 3, 4, 5), ""),
    ("glucose-unseen", (6, 7, 8, 9, 10), ", of patients that the data does not have"),
):
    _add(
        _name,
        f"Dose insulin for a day without being told of the meals{_note}.",
        480,
        "insulin-feedback",
        GLUCOSE,
        partial(_glucose, _patients),
        (ORIGIN, "dallaman2014uvapadova", "xie2018simglucose"),
    )

for _name, _wind, _note in (("rocket", 10.0, ""), ("rocket-windy", 12.0, " that is a fifth stronger")):
    _add(
        _name,
        f"Bring a falling stage down upright and slowly in a changing wind{_note}.",
        500,
        "guidance",
        ROCKET,
        partial(_rocket, _wind),
        (ORIGIN, "towers2024gymnasium"),
    )

for _name, _range, _changes, _note in (
    ("friction-hopper", (1.5, 2.5), "step", "whose grip changes every step, unseen"),
    ("friction-hopper-slippery", (1.0, 1.5), "step", "whose smaller grip changes every step, unseen"),
    ("friction-hopper-constant", (1.5, 2.5), "episode", "whose grip is observed and constant"),
):
    _add(
        _name,
        f"Hop forward on a floor {_note}.",
        1000,
        "linear",
        FRICTION_HOPPER,
        partial(_friction_hopper, _range, _changes),
        (ORIGIN, *MUJOCO),
    )

for _name, _mass, _note in (("spring", 20.0, ""), ("spring-heavy", 30.0, ", heavier by half")):
    _add(
        _name,
        f"Bring two masses between three springs to targets{_note}.",
        100,
        "spring-feedback",
        SPRING,
        partial(_spring, _mass),
        (ORIGIN, "char2023gpide"),
    )

for _name, _offset, _note in (
    ("fusion-surrogate", 1.0, ""),
    ("fusion-surrogate-aged", 2.0, ", far from its model"),
):
    _add(
        _name,
        f"Steer three plasma quantities of a linear stand-in of a tokamak to targets{_note}.",
        100,
        "inversion",
        FUSION,
        partial(_fusion, _offset),
        (ORIGIN, "seo2022kstar"),
    )

_add(
    "safe-cheetah",
    "Run forward and never faster than the speed limit: a step above it costs 100.",
    1000,
    "linear",
    CHEETAH | {"speed": slice(17, 18)},
    _safe_cheetah,
    (ORIGIN, *MUJOCO),
    has_limit=True,
)

for _name, _observation, _actions, _delay in (
    ("hopper", HOPPER, 3, HOPPER_DELAY),
    ("halfcheetah", CHEETAH, 6, CHEETAH_DELAY),
):
    _columns = list(_observation.values())[-1].stop
    _add(
        f"{_name}-delayed",
        f"The {_name} of Gymnasium; actions act {_delay} steps after they are given.",
        1000,
        "linear",
        _observation | {"waiting actions": slice(_columns, _columns + _actions * _delay)},
        partial(_delayed, _name, _delay),
        MUJOCO,
    )
    _add(
        f"{_name}-masked",
        f"The {_name} of Gymnasium; velocities are not observed.",
        1000,
        "linear",
        {"posture": _observation["posture"]},
        partial(_masked, _name, _observation["posture"].stop),
        MUJOCO,
    )
