"""A rocket stage that comes down in a wind whose phase is hidden.

After the rocket recovery of NeoRL-2 (arXiv 2503.19267): the craft and engines are those of Gymnasium's continuous
lunar lander (arXiv 2407.17032), over flat ground, with its wind and with another reward and another ending. Box2D.
"""

import math
from typing import Any

import gymnasium
import numpy as np
from numpy.typing import ArrayLike, NDArray

from gnomon.benchmarks.simulators.batch import box
from gnomon.benchmarks.simulators.transitions import Transitions, as_stored

HORIZON = 500
RATE = 50  # steps a second
PIXELS = 30.0  # a metre; the lander's shapes are given in them
WIDTH, HEIGHT = 600 / PIXELS, 400 / PIXELS  # m
GROUND = HEIGHT / 4
HULL = ((-14, 17), (-17, 0), (-17, -10), (17, -10), (17, 0), (14, 17))  # pixels
LEG_AWAY, LEG_DOWN, LEG_SIZE, LEG_TORQUE = 20, 18, (2, 8), 40
MAIN_POWER, SIDE_POWER = 13.0, 0.6
MAIN_BELOW, SIDE_AWAY, SIDE_ABOVE, SIDE_LEVER = 4, 12, 14, 17  # pixels; the lever is 17 where the engine sits at 14
PUSH = 500.0  # N, half-width of the force of the first step
PHASE = 9999
WIND = 10.0  # N
LANDED = 0.05  # half-width of the height band in which the episode ends
SOFT = {"angle": 0.3, "sideways": 0.5, "down": 2.0}
X, Y, VX, VY, ANGLE = range(5)


def engine_powers(actions: ArrayLike) -> NDArray[np.float64]:
    """[B, 2] the throttles: main 0.5 to 1 for a first action above 0, side 0.5 to 1 for a second beyond ±0.5."""
    main, side = np.atleast_2d(actions).T.astype(np.float64)
    return np.stack([np.where(main > 0, (main + 1) / 2, 0), np.where(np.abs(side) > 0.5, np.abs(side), 0)], axis=1)


def terminated(transitions: Transitions) -> NDArray[np.bool_]:
    """[B] whether the stage is within 0.05 of the height of the ground."""
    return np.abs(transitions.next_observations[:, Y]) <= LANDED


def landed_softly(transitions: Transitions) -> NDArray[np.bool_]:
    """[B] whether angle, sideways and vertical speed are those of a safe landing (wherever the stage is)."""
    following = np.abs(transitions.next_observations)
    upright = following[:, ANGLE] < SOFT["angle"]
    return upright & (following[:, VX] < SOFT["sideways"]) & (following[:, VY] < SOFT["down"])


def rewards(transitions: Transitions) -> NDArray[np.float64]:
    """[B] the change of −100 (‖position‖ + ‖velocity‖ + |angle|) − 0.3 main − 0.03 side; at the ending 100, or −100.

    Source: arXiv 2503.19267; the shaping is the lunar lander's.
    """
    fuel = engine_powers(transitions.actions) @ np.array([0.3, 0.03])
    moved = _shaping(transitions.next_observations) - _shaping(transitions.observations) - fuel
    ending = np.where(landed_softly(transitions), 100.0, -100.0)
    return np.where(terminated(transitions), ending, moved)


def _shaping(observations: NDArray[np.float64]) -> NDArray[np.float64]:
    x, y, vx, vy, angle = observations.T[:5]
    return -100 * (np.hypot(x, y) + np.hypot(vx, vy) + np.abs(angle))


class Rocket(gymnasium.Env[Any, Any]):
    """A stage of the lunar lander's shape falls from 9.4 m, pushed at random, and ends at the height of the ground.

    | observation | columns | range, unit                                                                     |
    | ----------- | ------- | ------------------------------------------------------------------------------- |
    | position    | 0, 1    | x from the pad in 10 m, height of the feet over the ground in 6.67 m            |
    | velocity    | 2, 3    | x in 5 m/s, y in 7.5 m/s                                                        |
    | angle       | 4, 5    | rad, then its rate in 2.5 rad/s                                                 |
    | wind        | 6       | the sideways force of the last step, N; −10 to 10 by default                    |

    The action is main and side throttle, −1 to 1: the main engine burns with 50 to 100 % above 0, the side engine of a
    direction with 50 to 100 % beyond ±0.5. Engines scatter a little. The wind is power · tanh(sin(0.02 i) +
    sin(0.01 π i)), where i counts steps from a hidden integer that is drawn every episode. `info["success"]` is a soft
    landing. There is no turbulence and no bound on x.

    Args:
        wind: most force of the wind, N.
        render_mode: none; it draws no pictures.
    """

    metadata = {"render_modes": []}  # noqa: RUF012 - Gymnasium declares it so

    def __init__(self, wind: float = WIND, render_mode: str | None = None) -> None:
        self.wind, self.render_mode = wind, render_mode
        limit = np.array([np.inf] * 6 + [wind])
        self.observation_space, self.action_space = box(-limit, limit), box([-1, -1], [1, 1])

    rewards, terminated = staticmethod(rewards), staticmethod(terminated)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed)
        self.phase = int(self.np_random.integers(-PHASE, PHASE))
        self.world, self.hull = _world()
        self.hull.ApplyForceToCenter(self.np_random.uniform(-PUSH, PUSH, 2).tolist(), True)
        self._run(np.zeros(2))  # the step in which the push acts
        return self._observe(), {}

    def step(self, action: ArrayLike) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        before = self._observe()
        self._run(np.asarray(action, np.float64))
        moved = Transitions.of(before, action, self._observe())
        ended = bool(terminated(moved)[0])
        info = {"success": ended and bool(landed_softly(moved)[0])}
        return moved.next_observations[0], float(rewards(moved)[0]), ended, False, info

    def _run(self, action: NDArray[np.float64]) -> None:
        """One step of the world."""
        self.acting_wind = self._wind()
        self.phase += 1
        self.hull.ApplyForceToCenter((self.acting_wind, 0.0), True)
        self._fire(engine_powers(action[None])[0], math.copysign(1.0, action[1]))
        self.world.Step(1.0 / RATE, 180, 60)

    def _wind(self) -> float:
        """The force of the present phase, N."""
        return self.wind * math.tanh(math.sin(0.02 * self.phase) + math.sin(0.01 * math.pi * self.phase))

    def _fire(self, powers: NDArray[np.float64], direction: float) -> None:
        """Apply the impulses of both engines, scattered by up to a pixel."""
        up = np.array([math.sin(self.hull.angle), math.cos(self.hull.angle)]) * [1, -1]
        across = np.array([-math.cos(self.hull.angle), -math.sin(self.hull.angle)])
        scatter = self.np_random.uniform(-1, 1, 2) / PIXELS
        main, side = powers.tolist()
        if main > 0:
            thrust = up * (MAIN_BELOW / PIXELS + 2 * scatter[0]) + across * scatter[1]
            self._push(thrust, MAIN_POWER * main, thrust)
        if side > 0:
            thrust = up * scatter[0] + across * (3 * scatter[1] + direction * SIDE_AWAY / PIXELS)
            tilt = np.array([math.sin(self.hull.angle) * -SIDE_LEVER, math.cos(self.hull.angle) * SIDE_ABOVE])
            self._push(thrust, SIDE_POWER * side, thrust + tilt / PIXELS)

    def _push(self, direction: NDArray[np.float64], power: float, place: NDArray[np.float64]) -> None:
        point = (np.array(self.hull.position) + place).tolist()
        self.hull.ApplyLinearImpulse((-direction * power).tolist(), point, True)

    def _observe(self) -> NDArray[np.float64]:
        hull, half = self.hull, HEIGHT / 2
        x, y = (hull.position.x - WIDTH / 2) / (WIDTH / 2), (hull.position.y - GROUND - LEG_DOWN / PIXELS) / half
        vx, vy = hull.linearVelocity.x * (WIDTH / 2) / RATE, hull.linearVelocity.y * half / RATE
        return as_stored([x, y, vx, vy, hull.angle, 20 / RATE * hull.angularVelocity, self.acting_wind])


def _world() -> tuple[Any, Any]:
    """A new world with flat ground, the hull and two legs on sprung joints; and the hull."""
    import Box2D

    world = Box2D.b2World(gravity=(0, -10))
    ground = world.CreateStaticBody()
    ground.CreateEdgeFixture(vertices=[(-100 * WIDTH, GROUND), (100 * WIDTH, GROUND)], density=0, friction=0.1)
    top = (WIDTH / 2, HEIGHT)
    shape = Box2D.b2PolygonShape(vertices=[(x / PIXELS, y / PIXELS) for x, y in HULL])
    fixture = Box2D.b2FixtureDef(shape=shape, density=5.0, friction=0.1, categoryBits=0x10, maskBits=0x1)
    hull = world.CreateDynamicBody(position=top, angle=0.0, fixtures=fixture)
    for side in (-1, 1):
        _add_leg(world, hull, side, top)
    return world, hull


def _add_leg(world: Any, hull: Any, side: int, top: tuple[float, float]) -> None:
    import Box2D

    shape = Box2D.b2PolygonShape(box=tuple(size / PIXELS for size in LEG_SIZE))
    fixture = Box2D.b2FixtureDef(shape=shape, density=1.0, categoryBits=0x20, maskBits=0x1)
    place = (top[0] - side * LEG_AWAY / PIXELS, top[1])
    leg = world.CreateDynamicBody(position=place, angle=side * 0.05, fixtures=fixture)
    lower, upper = (0.4, 0.9) if side == -1 else (-0.9, -0.4)
    world.CreateRevoluteJoint(
        bodyA=hull,
        bodyB=leg,
        localAnchorA=(0, 0),
        localAnchorB=(side * LEG_AWAY / PIXELS, LEG_DOWN / PIXELS),
        enableMotor=True,
        enableLimit=True,
        maxMotorTorque=LEG_TORQUE,
        motorSpeed=0.3 * side,
        lowerAngle=lower,
        upperAngle=upper,
    )
