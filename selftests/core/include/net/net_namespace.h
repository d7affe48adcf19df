/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SHIM_NET_NET_NAMESPACE_H
#define _SHIM_NET_NET_NAMESPACE_H

struct net;

#endif /* _SHIM_NET_NET_NAMESPACE_H */
