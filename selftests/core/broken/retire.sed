# SPDX-License-Identifier: GPL-2.0
# retire.c interleave retire
# An entry that joins others late waits for their grace period alone.
s/!poll_state_synchronize_rcu(retirer->taken)/false/
