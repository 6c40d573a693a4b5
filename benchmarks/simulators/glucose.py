"""Type 1 diabetes: a day of a patient whose meals the controller is not told of.

The model is the UVA/Padova one (Dalla Man et al., J. Diabetes Sci. Technol. 8(1), 2014) as simglucose states it, whose
patients are in `glucose_patients.csv`; the task is after that of NeoRL-2 (arXiv 2503.19267).
"""

import csv
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gnomon.benchmarks.simulators.batch import State, box
from gnomon.benchmarks.simulators.transitions import Transitions

HORIZON = 480
MINUTES = 3  # a step; the sample time of the sensor
DAY = 1440  # minutes
MEALS = {420: 45.0, 570: 10.0, 720: 70.0, 900: 10.0, 1080: 80.0, 1290: 10.0}  # minute of the day → grams
EATING = 5.0  # g/min at most
HIGHEST_DOSE = 5.0  # U/min, at an action of 1
DOSE_CURVE = 4.0  # the exponent of Hettiarachchi et al.'s pump map (G2P2C, Biomed. Signal Process. Control 90, 2024)
PMOL = 6000.0  # a unit of insulin
LOWEST, HIGHEST = 10.0, 600.0  # mg/dL, the sensor's range
HYPO = 40.0  # mg/dL; the episode ends at or below
START = (0.8, 1.2)  # times the glucose of the patient's steady state
AGES = ("adolescent", "adult", "child")
GLUCOSE = 0
OBSERVED = """
    BW Ib Km0 Vi Vm0 Vmx b d k1 k2 ka1 ka2 kabs kd ki kmax kp1 kp2 kp3 ksc m1 m2 m30 m4 p2u u2ss
""".split()
GLUCOSE_STATES = [3, 4, 12]
NEVER_BELOW_ZERO = [3, 4, 5, 9, 10, 11, 12]


class Patients(NamedTuple):
    """The table of patients: parameter → [30], and the initial states [30, 13]."""

    names: tuple[str, ...]
    parameters: dict[str, NDArray[np.float64]]
    states: NDArray[np.float64]


@cache
def patients() -> Patients:
    """The thirty patients of `glucose_patients.csv`."""
    with Path(__file__).with_name("glucose_patients.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    columns = {name: np.array([float(row[name]) for row in rows]) for name in rows[0] if name != "name"}
    states = np.stack([columns.pop(f"x{number}") for number in range(13)], axis=1)
    return Patients(tuple(row["name"] for row in rows), columns, states)


class Glucose:
    """The subcutaneous glucose of one of several patients, through a sensor, over a day in steps of three minutes.

    | observation | columns | range, unit                                                                    |
    | ----------- | ------- | ------------------------------------------------------------------------------ |
    | glucose     | 0       | the sensor's reading, 10 to 600 mg/dL                                          |
    | patient     | 1 to 26 | the parameters of `OBSERVED`, in the model's units; constant in an episode     |

    Hidden are the time of day, the stomach, and so the meals: six a day, 225 g of carbohydrate. The sensor reads
    (2 · the sample before + the present sample) / 3. The action a, from −1 to 1, is a dose of
    5 (exp(4 (a + 1)) − 1) / (exp(8) − 1) U/min for the three minutes: none at −1, 0.09 at 0.

    The reward is 1 − risk(c′) / 100 of the reading c′ after the step, −15 where c′ ≤ 40 and 0 where c′ ≥ 600; the
    episode terminates at both. (NeoRL-2 adds risk(c) − risk(c′) instead, which telescopes: every patient who lives
    through the day is worth the same, however high the glucose.) It begins at any minute of the day with 0.8 to 1.2
    times the glucose of the patient's steady state.

    Args:
        numbers: of the patients of each age (adolescent, adult, child), 1 to 10.
    """

    def __init__(self, numbers: tuple[int, ...] = (1, 2, 3, 4, 5)) -> None:
        self.rows = [patients().names.index(f"{age}-{number:03d}") for age in AGES for number in numbers]
        free = np.full(len(OBSERVED), np.inf)
        self.observation_space = box([LOWEST, *-free], [HIGHEST, *free])
        self.action_space = box([-1], [1])

    def start(self, stream: np.random.Generator) -> dict[str, ArrayLike]:
        row, minute, factor = stream.choice(self.rows), stream.integers(DAY), stream.uniform(*START)
        body = patients().states[row].copy()
        body[GLUCOSE_STATES] *= factor
        sample = body[12] / patients().parameters["Vg"][row]
        idle = dict.fromkeys(("to_eat", "eating", "stomach_before", "eaten"), 0.0)
        return {"patient": row, "minute": minute, "body": body, "sample": sample, "sample_before": sample, **idle}

    def advance(self, state: State, actions: NDArray[np.float64]) -> State:
        constants = {name: values[state["patient"]] for name, values in patients().parameters.items()}
        insulin = dose(actions[:, 0]) * PMOL / constants["BW"]
        following = state
        for _ in range(MINUTES):
            following = _minute(following, constants, insulin)
        sample = following["body"][:, 12] / constants["Vg"]
        return following | {"sample_before": state["sample"], "sample": sample}

    def observe(self, state: State) -> NDArray[np.float64]:
        reading = ((2 * state["sample_before"] + state["sample"]) / 3).clip(LOWEST, HIGHEST)
        parameters = [patients().parameters[name][state["patient"]] for name in OBSERVED]
        return np.stack([reading, *parameters], axis=1)

    def rewards(self, transitions: Transitions) -> NDArray[np.float64]:
        """[B] 1 − risk(c′) / 100; −15 where c′ ≤ 40, 0 where c′ ≥ 600 (the ends as in arXiv 2503.19267)."""
        after = transitions.next_observations[:, GLUCOSE]
        return np.where(after <= HYPO, -15.0, np.where(after >= HIGHEST, 0.0, 1 - risk(after) / 100))

    def terminated(self, transitions: Transitions) -> NDArray[np.bool_]:
        """[B] whether the reading is at or below 40 mg/dL, or at the sensor's end of 600 mg/dL."""
        after = transitions.next_observations[:, GLUCOSE]
        return (after <= HYPO) | (after >= HIGHEST)


def risk(glucose: ArrayLike) -> NDArray[np.float64]:
    """10 (1.509 (ln(c)^1.084 − 5.381))² of glucose in mg/dL (Kovatchev et al., Diabetes Care 20(11), 1997).

    >>> float(risk(112.0).round(2))
    0.0
    """
    return 10 * (1.509 * (np.log(glucose) ** 1.084 - 5.381)) ** 2


def dose(actions: ArrayLike) -> NDArray[np.float64]:
    """U/min of actions in −1 … 1; the map is exponential because a basal dose is a hundredth of a bolus.

    >>> dose([-1.0, 1.0]).tolist()
    [0.0, 5.0]
    """
    return HIGHEST_DOSE * np.expm1(DOSE_CURVE * (np.asarray(actions) + 1)) / np.expm1(2 * DOSE_CURVE)


def _minute(state: State, constants: dict[str, NDArray[np.float64]], insulin: NDArray[np.float64]) -> State:
    """The state a minute later: what is announced is eaten, at 5 g at most, and the body runs on."""
    announced = [state["minute"] % DAY == minute for minute in MEALS]
    to_eat = state["to_eat"] + np.select(announced, list(MEALS.values()), 0.0)
    bite = np.minimum(to_eat, EATING)
    begins = (bite > 0) & (state["eating"] == 0)
    stomach = state["body"][:, 0] + state["body"][:, 1]
    before = np.where(begins, stomach, state["stomach_before"])
    eaten = np.where(begins, 0.0, state["eaten"]) + bite
    body = _integrate(state["body"], constants, 1000 * bite, insulin, before + 1000 * eaten)
    now = {"to_eat": to_eat - bite, "eating": (bite > 0).astype(float), "stomach_before": before, "eaten": eaten}
    return state | now | {"body": body, "minute": state["minute"] + 1}


def _integrate(
    body: NDArray[np.float64],
    constants: dict[str, NDArray[np.float64]],
    food: NDArray[np.float64],
    insulin: NDArray[np.float64],
    meal: NDArray[np.float64],
) -> NDArray[np.float64]:
    """One minute by the classical Runge-Kutta method in one step; arguments as those of `derivatives`."""
    first = derivatives(body, constants, food, insulin, meal)
    second = derivatives(body + first / 2, constants, food, insulin, meal)
    third = derivatives(body + second / 2, constants, food, insulin, meal)
    fourth = derivatives(body + third, constants, food, insulin, meal)
    return body + (first + 2 * second + 2 * third + fourth) / 6


def derivatives(
    body: NDArray[np.float64],
    p: dict[str, NDArray[np.float64]],
    food: NDArray[np.float64],
    insulin: NDArray[np.float64],
    meal: NDArray[np.float64],
) -> NDArray[np.float64]:
    """[B, 13] a minute, of the states of Dalla Man et al. (2014).

    Args:
        body: [B, 13] solid and liquid in the stomach and gut (mg); glucose of plasma and tissue (mg/kg); insulin of
            plasma (pmol/kg), its action on utilisation and two delays of it (pmol/L), insulin of the liver and of two
            subcutaneous depots (pmol/kg); subcutaneous glucose (mg/kg).
        p: parameter → [B], under the model's names.
        food: [B] mg/min eaten.
        insulin: [B] pmol/kg/min infused.
        meal: [B] mg; what was in the stomach when the meal began, and what was eaten since.
    """
    solid, liquid, gut, plasma, tissue, blood, action, delay, delayed, liver, depot, second_depot, skin = body.T
    emptying = _emptying(solid + liquid, p, meal)
    production = np.maximum(p["kp1"] - p["kp2"] * plasma - p["kp3"] * delayed, 0)
    excretion = p["ke1"] * np.maximum(plasma - p["ke2"], 0)
    utilisation = (p["Vm0"] + p["Vmx"] * action) * tissue / (p["Km0"] + tissue)
    exchange = p["k1"] * plasma - p["k2"] * tissue
    concentration = blood / p["Vi"]
    change = np.stack(
        [
            food - p["kmax"] * solid,
            p["kmax"] * solid - emptying * liquid,
            emptying * liquid - p["kabs"] * gut,
            production + p["f"] * p["kabs"] * gut / p["BW"] - p["Fsnc"] - excretion - exchange,
            exchange - utilisation,
            p["m1"] * liver + p["ka1"] * depot + p["ka2"] * second_depot - (p["m2"] + p["m4"]) * blood,
            p["p2u"] * (concentration - p["Ib"] - action),
            p["ki"] * (concentration - delay),
            p["ki"] * (delay - delayed),
            p["m2"] * blood - (p["m1"] + p["m30"]) * liver,
            insulin - (p["ka1"] + p["kd"]) * depot,
            p["kd"] * depot - p["ka2"] * second_depot,
            p["ksc"] * (plasma - skin),
        ],
        axis=1,
    )
    change[:, NEVER_BELOW_ZERO] *= body[:, NEVER_BELOW_ZERO] >= 0
    return change


def _emptying(
    stomach: NDArray[np.float64], p: dict[str, NDArray[np.float64]], meal: NDArray[np.float64]
) -> NDArray[np.float64]:
    """[B] the rate of gastric emptying, 1/min: kmax of a full and of an empty stomach, less in between."""
    safe = np.where(meal > 0, meal, 1.0)
    rising = np.tanh(2.5 / ((1 - p["b"]) * safe) * (stomach - p["b"] * safe))
    falling = np.tanh(2.5 / (p["d"] * safe) * (stomach - p["d"] * safe))
    between = p["kmin"] + (p["kmax"] - p["kmin"]) / 2 * (rising - falling + 2)
    return np.where(meal > 0, between, p["kmax"])
