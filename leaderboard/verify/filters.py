"""Which calls of the system a policy's process may make: two seccomp filters, as programs for the kernel.

The first holds from the first instruction of the interpreter on and refuses what reaches out: sockets, new processes,
other processes' memory, mounts, namespaces. The second is loaded by the worker when its libraries are there and before
it sees a byte of the model; it refuses everything that is not in a short list of harmless calls: no file is opened, no
program and no thread started any more. Calls are refused with an error, so that the policy fails and the verifier can
say so. clone3 is answered with "not implemented", as its flags lie in memory that a filter cannot read; the C library
then uses clone.
"""

import errno
import tempfile
from typing import Any

from gnomon.errors import GnomonError

CLONE_THREAD = 0x00010000  # linux/sched.h
REFUSED = (
    "accept accept4 acct add_key bind bpf chroot connect delete_module fork fsconfig fsmount fsopen fspick "
    "init_module finit_module io_uring_enter io_uring_register io_uring_setup ioperm iopl kcmp kexec_load keyctl kill "
    "lookup_dcookie listen mount mount_setattr move_mount name_to_handle_at open_by_handle_at open_tree "
    "perf_event_open personality pidfd_getfd pidfd_open pidfd_send_signal pivot_root process_vm_readv "
    "process_vm_writev ptrace quotactl reboot recvfrom recvmsg request_key sendmmsg sendmsg sendto setns shmat shmget "
    "socket socketpair swapon swapoff symlink symlinkat syslog tgkill tkill umount2 unshare userfaultfd vfork"
).split()
HARMLESS = (
    "brk clock_gettime clock_nanosleep close exit exit_group fstat futex getpid getrandom gettid gettimeofday lseek "
    "madvise mmap mprotect mremap munmap newfstatat poll ppoll read restart_syscall rt_sigaction rt_sigprocmask "
    "rt_sigreturn sched_getaffinity sched_yield sigaltstack write"
).split()


def first_filter() -> bytes:
    """The program of the filter that the sandbox starts with.

    Raises:
        GnomonError: pyseccomp or libseccomp is missing.
    """
    seccomp = library()
    made = seccomp.SyscallFilter(seccomp.ALLOW)
    for name in REFUSED:
        _add(seccomp, made, seccomp.ERRNO(errno.EPERM), name)
    made.add_rule(seccomp.ERRNO(errno.ENOSYS), "clone3")
    is_process = seccomp.Arg(0, seccomp.MASKED_EQ, CLONE_THREAD, 0)
    made.add_rule(seccomp.ERRNO(errno.EPERM), "clone", is_process)
    return _program(made)


def second_filter() -> bytes:
    """The program of the filter that the worker loads before it sees the model; see `first_filter`."""
    seccomp = library()
    made = seccomp.SyscallFilter(seccomp.ERRNO(errno.EPERM))
    for name in HARMLESS:
        _add(seccomp, made, seccomp.ALLOW, name)
    return _program(made)


def library() -> Any:
    """The module pyseccomp.

    Raises:
        GnomonError: it, or the C library that it calls, is missing.
    """
    try:
        import pyseccomp
    except (ImportError, OSError, RuntimeError) as error:
        raise GnomonError(
            "the package pyseccomp or the library libseccomp is missing: "
            "pip install 'gnomon[verify]'; apt-get install libseccomp2"
        ) from error
    return pyseccomp


def _add(seccomp: Any, made: Any, action: int, name: str) -> None:
    """Add a rule for a call; one that this processor's table does not have cannot be made either."""
    try:
        number = seccomp.resolve_syscall(seccomp.Arch.NATIVE, name)
    except ValueError:
        return
    made.add_rule(action, number)


def _program(made: Any) -> bytes:
    with tempfile.TemporaryFile() as file:
        made.export_bpf(file)
        file.seek(0)
        return file.read()
