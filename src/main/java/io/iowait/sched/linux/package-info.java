/// The scheduling classes of Linux, in the kernel's order: deadline, real-time, fair.
@NullMarked
package io.iowait.sched.linux;

import org.jspecify.annotations.NullMarked;
