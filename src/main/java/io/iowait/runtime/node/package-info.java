/// The dialect of Node: callbacks, promises, async functions, timers and the worker pool, on an
/// event loop with libuv's phases.
@NullMarked
package io.iowait.runtime.node;

import org.jspecify.annotations.NullMarked;
