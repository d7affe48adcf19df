/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SHIM_LINUX_MODULEPARAM_H
#define _SHIM_LINUX_MODULEPARAM_H

#define module_param(name, type, mode)
#define module_param_named(name, variable, type, mode)
#define MODULE_PARM_DESC(name, text)

#endif /* _SHIM_LINUX_MODULEPARAM_H */
