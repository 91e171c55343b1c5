/// Held against reality: hosts, kernel recordings, conformance cases.
@NullMarked
package io.iowait.calibrate;

import org.jspecify.annotations.NullMarked;
