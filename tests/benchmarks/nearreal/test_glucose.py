"""Glucose: the equations against SciPy's integrator and the patients' own steady states, risk and meals by hand."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from gnomon.benchmarks.simulators.batch import Batch
from gnomon.benchmarks.simulators.glucose import OBSERVED, Glucose, derivatives, dose, patients, risk
from gnomon.benchmarks.simulators.transitions import Transitions

EVERYONE = range(30)


def constants(row: int) -> dict[str, float]:
    return {name: float(values[row]) for name, values in patients().parameters.items()}


def basal_action(row: int) -> float:
    rate = constants(row)["u2ss"] * constants(row)["BW"] / 6000
    return float(np.log1p(rate / 5 * np.expm1(8.0)) / 4 - 1)


def test_the_table_holds_ten_patients_of_each_age() -> None:
    names = patients().names
    assert [sum(name.startswith(age) for name in names) for age in ("adolescent", "adult", "child")] == [10, 10, 10]
    assert patients().states[0, 3] == 250.621836
    assert patients().parameters["BW"][10] == 102.32


def test_every_patient_rests_in_his_steady_state() -> None:
    """With the basal infusion u2ss and no food, the table's own initial states are equilibria of the equations."""
    nothing, parameters = np.zeros(30), patients().parameters
    change = derivatives(patients().states, parameters, nothing, parameters["u2ss"], nothing)
    assert np.abs(change / np.maximum(np.abs(patients().states), 1)).max() < 1e-6


@pytest.mark.parametrize("row", [0, 14, 27])
def test_a_meal_and_a_dose_are_those_of_scipys_integrator(row: int) -> None:
    """45 g at minute 0 and four times the basal rate; SciPy's DOP853 to 1e-10, ours one Runge-Kutta step a minute."""
    p, dynamics = constants(row), Glucose()
    state = dynamics.start(np.random.default_rng(0)) | {"patient": row, "minute": 420, "body": patients().states[row]}
    action = np.array([[float(np.log1p(4 * p["u2ss"] * p["BW"] / 6000 / 5 * np.expm1(8.0)) / 4 - 1)]])
    batched = {name: np.array([value]) for name, value in state.items()}
    for _ in range(20):
        batched = dynamics.advance(batched, action)
    body = patients().states[row]
    for minute in range(60):
        food = 5000.0 if minute < 9 else 0.0
        meal = 5000.0 * min(minute + 1, 9)
        arguments = (p, food, 4 * p["u2ss"], meal)
        body = solve_ivp(written_again, (0, 1), body, "DOP853", args=arguments, rtol=1e-10, atol=1e-10).y[:, -1]
    assert batched["body"][0] == pytest.approx(body, rel=1e-5, abs=1e-6)


def written_again(
    _: float, x: np.ndarray, p: dict[str, float], food: float, insulin: float, meal: float
) -> list[float]:
    """Dalla Man et al. (2014) for one patient, scalar by scalar."""
    stomach = x[0] + x[1]
    rising = np.tanh(5 / (2 * meal * (1 - p["b"])) * (stomach - p["b"] * meal))
    falling = np.tanh(5 / (2 * meal * p["d"]) * (stomach - p["d"] * meal))
    emptying = p["kmin"] + (p["kmax"] - p["kmin"]) / 2 * (rising - falling + 2)
    appearance = p["f"] * p["kabs"] * x[2] / p["BW"]
    production = max(p["kp1"] - p["kp2"] * x[3] - p["kp3"] * x[8], 0)
    renal = p["ke1"] * (x[3] - p["ke2"]) if x[3] > p["ke2"] else 0
    uptake = (p["Vm0"] + p["Vmx"] * x[6]) * x[4] / (p["Km0"] + x[4])
    return [
        -p["kmax"] * x[0] + food,
        p["kmax"] * x[0] - emptying * x[1],
        emptying * x[1] - p["kabs"] * x[2],
        production + appearance - p["Fsnc"] - renal - p["k1"] * x[3] + p["k2"] * x[4],
        -uptake + p["k1"] * x[3] - p["k2"] * x[4],
        -(p["m2"] + p["m4"]) * x[5] + p["m1"] * x[9] + p["ka1"] * x[10] + p["ka2"] * x[11],
        -p["p2u"] * x[6] + p["p2u"] * (x[5] / p["Vi"] - p["Ib"]),
        -p["ki"] * (x[7] - x[5] / p["Vi"]),
        -p["ki"] * (x[8] - x[7]),
        -(p["m1"] + p["m30"]) * x[9] + p["m2"] * x[5],
        insulin - (p["ka1"] + p["kd"]) * x[10],
        p["kd"] * x[10] - p["ka2"] * x[11],
        -p["ksc"] * x[12] + p["ksc"] * x[3],
    ]


@pytest.mark.parametrize(("glucose", "value"), [(40, 36.4175), (112, 0.0007), (600, 99.9481)])
def test_the_risk_by_hand(glucose: float, value: float) -> None:
    """Of 40: ln 40 = 3.68888, ^1.084 = 4.11636, - 5.381 = -1.26464, · 1.509 = -1.90834, squared · 10 = 36.4175."""
    assert float(risk(glucose)) == pytest.approx(value, abs=1e-4)


def test_the_reward_does_not_telescope_away() -> None:
    """NeoRL-2's risk(c) - risk(c′) sums to nothing over a day; here a high day is worth less than a calm one."""
    calm, high = np.full((480, 27), 112.0), np.full((480, 27), 300.0)
    rewards = [Glucose().rewards(Transitions.of(day, np.zeros((480, 1)), day)).sum() for day in (calm, high)]
    assert rewards == pytest.approx([480, 480 * (1 - float(risk(300)) / 100)], abs=0.1)
    assert rewards[1] < 330


def test_the_ends() -> None:
    following = np.zeros((4, 27))
    following[:, 0] = 39, 40, 41, 600
    moved = Transitions.of(following, np.zeros((4, 1)), following)
    assert Glucose().rewards(moved)[[0, 1, 3]].tolist() == [-15, -15, 0]
    assert Glucose().terminated(moved).tolist() == [True, True, False, True]


def test_the_sensor_lags() -> None:
    dynamics = Glucose()
    state = {"sample_before": np.array([100.0]), "sample": np.array([130.0]), "patient": np.array([0])}
    assert dynamics.observe(state)[0, 0] == pytest.approx(110)


def test_the_dose_is_fine_where_a_patient_needs_it() -> None:
    """In NeoRL-2's linear map the basal rates lie in the last hundredth of the box: its data's median is -0.998."""
    actions = [basal_action(row) for row in EVERYONE]
    assert min(actions) > -0.7
    assert max(actions) < -0.2
    assert dose([-1, 1]).tolist() == [0, 5]


def test_a_day_holds_six_meals_wherever_it_begins() -> None:
    """7:00 45 g, 9:30 10 g, 12:00 70 g, 15:00 10 g, 18:00 80 g, 21:30 10 g, at 5 g a minute (arXiv 2503.19267)."""
    batch, meals = Batch(Glucose()), {420: 45, 570: 10, 720: 70, 900: 10, 1080: 80, 1290: 10}
    batch.reset([1, 2])
    begins = batch.state["minute"] = np.array([0, 600])
    eaten = []
    for _ in range(480):
        batch.step([[-0.4], [-0.4]])
        eaten.append(batch.state["eaten"])
    for lane, begin in enumerate(begins.tolist()):
        finished = {minute: eaten[(minute - begin) % 1440 // 3 + 6][lane] for minute in meals}
        assert finished == meals


def test_unseen_patients_are_others() -> None:
    seen, unseen = set(Glucose().rows), set(Glucose((6, 7, 8, 9, 10)).rows)
    assert len(seen) == len(unseen) == 15
    assert seen | unseen == set(range(30))


def test_what_is_shown_of_a_patient_differs_between_patients() -> None:
    """Of NeoRL-2's thirty columns of parameters four are the same for everybody."""
    for name in OBSERVED:
        assert len(np.unique(patients().parameters[name][Glucose().rows])) > 1


def test_starts_are_all_different() -> None:
    """In NeoRL-2 there are fifteen first observations, so that validation begins where training did."""
    starts = Batch(Glucose()).reset(range(300))
    assert len(np.unique(starts[:, 0])) == 300
