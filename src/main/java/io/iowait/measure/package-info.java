/// Records turned into numbers: throughput, latency, where the CPU time went.
@NullMarked
package io.iowait.measure;

import org.jspecify.annotations.NullMarked;
