/// The schedulers of the literature, one per file.
@NullMarked
package io.iowait.sched.policy;

import org.jspecify.annotations.NullMarked;
