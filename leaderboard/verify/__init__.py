"""Verification of submissions: what a policy file may hold, where it is run, and what its episodes say.

    gate         a model file → facts, or what is wrong with it, without running it
    filters      which calls of the system a policy's process may make
    sandbox      starts a program that can reach nothing
    probe        a program that tries to
    worker       the program: frames of observations in, frames of actions out
    boxed_policy the policy that the worker computes, as any other policy
    equivalence  the tests that compare claimed with re-run episodes
    reevaluate   the same seeds again, then secret ones
    likeness     policies that act as others do
    retrain      the algorithm learns again, from secret seeds
    trainer      the program in the sandbox that it does so with
    gate_child   the gate, for models that no submission holds
    rescore      what a ready model wrote is scored again
    rescorer     the program in the sandbox that does so
    verifier     the steps of a verification, each an entry of the ledger

Environment and seeds stay outside of the sandbox; a policy is inside and sees observations alone.
"""
