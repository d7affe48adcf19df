// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>

#include "keys.h"

error_t keys_parse(int key, struct argp_state *state, struct keys *keys)
{
	switch (key) {
	case ARGP_KEY_ARGS:
		keys->map = state->argv[state->next];
		keys->key = state->argv + state->next + 1;
		keys->count = state->argc - state->next - 1;
		return 0;
	case ARGP_KEY_END:
		if (!keys->count)
			argp_error(state, "which keys of which map?");
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

int keys_each(const struct keys *keys, const struct handle *map,
	      int (*act)(const struct handle *map, const char *key, void *request),
	      void *request)
{
	int worst = EXIT_SUCCESS;

	for (int i = 0; i < keys->count; i++) {
		int status = act(map, keys->key[i], request);

		if (status > worst)
			worst = status;
	}
	return worst;
}
