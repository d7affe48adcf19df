// SPDX-License-Identifier: GPL-2.0
/* The same with a library of later on: both are built with a header that has more. */
#include "library_test.c"
