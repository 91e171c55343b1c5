/// CPUs, task life, system calls, wait queues, locks, signals, interrupts and their costs.
@NullMarked
package io.iowait.kernel;

import org.jspecify.annotations.NullMarked;
