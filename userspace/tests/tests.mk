# SPDX-License-Identifier: GPL-2.0
# `make check': what can be tested without a kernel.

test_objects := $(filter-out $(out)/tool/main.o,$(tool_objects))
test_scripts := $(sort $(wildcard tests/*.sh))

$(out)/tests/%: tests/%.c $(test_objects) $(static_lib) Makefile
	@mkdir -p $(@D)
	$(call quiet,LD)$(CC) $(tool_cflags) -Itool $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) -o $@ $< \
		$(test_objects) $(static_lib) $(tool_libs) -lcmocka -lm

check: all $(tests)
	@for t in $(tests); do echo "# $$(basename $$t)"; $$t || exit 1; done
	@for t in $(test_scripts); do \
		echo "# $$(basename $$t)"; \
		OUT=$(out) CC="$(CC)" CXX="$(CXX)" MAKE="$(MAKE)" sh $$t || exit 1; \
	done
