"""Judging what is solved in turns: success by turns, feedback, faults and recovery, diversity, bargains."""
