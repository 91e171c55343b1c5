/// Tasks, run queues and the contract of a scheduler.
@NullMarked
package io.iowait.sched;

import org.jspecify.annotations.NullMarked;
