/// A whole computer assembled from a specification.
@NullMarked
package io.iowait.machine;

import org.jspecify.annotations.NullMarked;
