/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A program that uses each command, built with the header of the first ABI, with
 * today's, and with one of later on. Each returns 0, or the line of client.c where
 * something was not as it should be.
 */
#ifndef TTLMAP_ABI1_CLIENT_H
#define TTLMAP_ABI1_CLIENT_H

int client_first(void);
int client_today(void);
int client_later(void);

#endif
