/* SPDX-License-Identifier: GPL-2.0 */
#include <include/kunit/visibility.h>
