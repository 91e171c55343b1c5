/// The dialect of CPython's asyncio: futures, tasks and what is built of them, on an event loop.
@NullMarked
package io.iowait.runtime.asyncio;

import org.jspecify.annotations.NullMarked;
