"""The training engine: it turns declared networks, losses and a schedule into parameters, one set a seed.

An algorithm is a `Learner` (`learner.py`): the shapes of its networks, pure loss functions of one seed, and the order
of its updates. The `Trainer` (`trainer.py`) keeps the state of all seeds as flat tensors with a leading seed axis.

    dataset → data.pack → Trainer.advance(n) ┬ streams.py: row numbers and noise of each (seed, update)
                                             ├ gradients: torch.func over the losses, or derived by hand (by_hand.py)
                                             └ adam.py, targets → checkpoint.py, policies
"""
