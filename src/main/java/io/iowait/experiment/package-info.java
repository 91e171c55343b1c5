/// Many runs: sweeps, statistics, comparison.
@NullMarked
package io.iowait.experiment;

import org.jspecify.annotations.NullMarked;
