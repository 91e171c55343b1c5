/// Blocking, readiness and completion over one file contract.
@NullMarked
package io.iowait.io;

import org.jspecify.annotations.NullMarked;
