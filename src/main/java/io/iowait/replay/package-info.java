/// The same run again: verify.
@NullMarked
package io.iowait.replay;

import org.jspecify.annotations.NullMarked;
